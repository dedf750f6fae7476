/// Numbers with a comma after each: what `prove-numbers` writes and reads.
package enum NumberRow {
    package static func text(_ numbers: [Float]) -> [UInt8] { write(numbers) }
    package static func text(_ numbers: [Double]) -> [UInt8] { write(numbers) }

    /// Reads as many numbers, or up to the first that is none; `alone` as if the text ended after each.
    package static func floats(_ text: [UInt8], alone: Bool) -> [Float] { read(text, alone) }
    package static func doubles(_ text: [UInt8], alone: Bool) -> [Double] { read(text, alone) }

    private static func write<Scalar: DecimalScalar>(_ numbers: [Scalar]) -> [UInt8] {
        let most = numbers.count * (Scalar.longestText + 1)
        return unsafe [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            var place = unsafe start
            var index = 0
            unsafe numbers.withUnsafeBufferPointer { numbers in
                while index < numbers.count {
                    let run = unsafe Scalar.writeRun(UnsafeBufferPointer(rebasing: numbers[index...]), to: place)
                    index += run.count
                    unsafe place += run.length
                    guard index < numbers.count else { break }
                    unsafe place += writeNumber(numbers[index], to: place)
                    unsafe place[0] = UInt8(ascii: ",")
                    unsafe place += 1
                    index += 1
                }
            }
            count = unsafe place - start
        }
    }

    private static func read<Scalar: DecimalScalar & ArrayElement>(_ text: [UInt8], _ alone: Bool) -> [Scalar] {
        unsafe [Scalar](unsafeUninitializedCapacity: text.count / 2 + 1) { numbers, count in
            unsafe text.withUnsafeBufferPointer { text in
                guard let start = text.baseAddress, let target = numbers.baseAddress else { return }
                var cursor = unsafe start
                let end = unsafe start + text.count
                while unsafe cursor < end {
                    var numberEnd = unsafe end
                    if alone {
                        unsafe numberEnd = cursor
                        while unsafe numberEnd < end, unsafe numberEnd[0] != UInt8(ascii: ",") { unsafe numberEnd += 1 }
                    } else {
                        let run = unsafe Scalar.readRun(cursor, end, into: target + count, room: numbers.count - count)
                        unsafe cursor += run.length
                        count += run.count
                        guard unsafe cursor < end else { return }
                    }
                    var number: Scalar = 0
                    let reading = unsafe readNumber(&cursor, numberEnd, into: &number)
                    guard reading == .finite, unsafe cursor < end, unsafe cursor[0] == UInt8(ascii: ",") else { return }
                    unsafe numbers[count] = number
                    count += 1
                    unsafe cursor += 1
                }
            }
        }
    }
}
