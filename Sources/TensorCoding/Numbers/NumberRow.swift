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
            for number in numbers {
                unsafe place += writeNumber(number, to: place)
                unsafe place[0] = UInt8(ascii: ",")
                unsafe place += 1
            }
            count = unsafe place - start
        }
    }

    private static func read<Scalar: DecimalScalar>(_ text: [UInt8], _ alone: Bool) -> [Scalar] {
        var numbers: [Scalar] = []
        numbers.reserveCapacity(text.count / 2)
        unsafe text.withUnsafeBufferPointer { buffer in
            guard var cursor = buffer.baseAddress else { return }
            let end = unsafe cursor + buffer.count
            var number: Scalar = 0
            while unsafe cursor < end {
                var numberEnd = unsafe end
                if alone {
                    unsafe numberEnd = cursor
                    while unsafe numberEnd < end, unsafe numberEnd[0] != UInt8(ascii: ",") { unsafe numberEnd += 1 }
                }
                let reading = unsafe readNumber(&cursor, numberEnd, into: &number)
                guard reading == .finite, unsafe cursor < end, unsafe cursor[0] == UInt8(ascii: ",") else { return }
                numbers.append(number)
                unsafe cursor += 1
            }
        }
        return numbers
    }
}
