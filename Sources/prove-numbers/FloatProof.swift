import Dispatch
import Glibc
import Locking
import TensorCoding

/// Writes each of the 2^32 patterns of float32 that is a number, compares the text with Swift's description, and reads it back.
enum FloatProof {
    private static let chunkBits = 20

    struct Count: Sendable {
        var proven = 0
        var wrong = 0
        var chunks = 0
        var longest = 0
    }

    /// True where none is wrong.
    static func run() -> Bool {
        let chunks = 1 << (32 - chunkBits)
        let total = Locked(Count())
        let clock = ContinuousClock()
        let start = clock.now
        DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
            let count = prove(chunk)
            let sum = total.withLock { total in
                total.proven += count.proven
                total.wrong += count.wrong
                total.longest = max(total.longest, count.longest)
                total.chunks += 1
                return total
            }
            if sum.chunks % (chunks / 32) == 0 {
                let seconds = (clock.now - start).components.seconds
                print("\(sum.chunks * 100 / chunks) %: \(sum.proven) proven, \(sum.wrong) wrong, after \(seconds) s")
                // A pipe would keep the lines to the end.
                fflush(nil)
            }
        }
        let result = total.withLock(\.self)
        print(
            "\(result.proven) float32 written and read back, \(result.wrong) wrong; the longest takes \(result.longest) bytes"
        )
        return result.wrong == 0 && result.proven == 1 << 32 - 1 << 24
    }

    private static func prove(_ chunk: Int) -> Count {
        let first = UInt32(chunk << chunkBits)
        let numbers = (first...first + (1 << chunkBits - 1)).map { Float(bitPattern: $0) }.filter(\.isFinite)
        let text = NumberRow.text(numbers)
        let together = NumberRow.floats(text, alone: false)
        let alone = NumberRow.floats(text, alone: true)
        guard together.count == numbers.count, alone.count == numbers.count else {
            print("of \(numbers.count) numbers from pattern \(first) on, \(together.count) and \(alone.count) are read")
            return Count(wrong: numbers.count)
        }

        var count = Count()
        var place = 0
        for (index, number) in numbers.enumerated() {
            let isWritten = expects(number.description, at: &place, in: text, longest: &count.longest)
            let isRead = together[index].bitPattern == number.bitPattern && alone[index].bitPattern == number.bitPattern
            if isWritten && isRead {
                count.proven += 1
            } else {
                if count.wrong < 3 { print("wrong: \(number), pattern \(number.bitPattern)") }
                count.wrong += 1
            }
        }
        return count
    }

    /// True where the text has the description less a ".0" here; the place is then that of what follows the comma.
    private static func expects(
        _ description: String, at place: inout Int, in text: [UInt8], longest: inout Int
    ) -> Bool {
        let start = place
        while text[place] != UInt8(ascii: ",") { place += 1 }
        let written = text[start..<place]
        longest = max(longest, written.count)
        place += 1
        let digits = description.utf8
        return written.elementsEqual(digits.suffix(2).elementsEqual(".0".utf8) ? digits.dropLast(2) : digits[...])
    }
}
