/// Reads a number byte by byte: one of any length, up to the end of the text, and one that is none, to find what is wrong.
@inline(never)
func readAnyNumber<Scalar: DecimalScalar>(
    _ cursor: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ type: Scalar.Type
) -> (NumberReading, next: UnsafePointer<UInt8>, pattern: UInt64) {
    var scan = unsafe NumberScan(cursor, end)
    guard unsafe scan.passNumber() else { return unsafe (.malformed, scan.place, 0) }
    let pattern = unsafe scan.nearestPattern(type)
    guard pattern < Scalar.infinity.pattern else { return unsafe (.overflow, scan.place, 0) }
    return unsafe (.finite, scan.place, pattern | (scan.isNegative ? Scalar.signBit : 0))
}

/// A pass over one number.
@unsafe private struct NumberScan {
    /// What 64 bits hold.
    private static let maxDigits = 19
    /// Past it all exponents are alike, but for a number with as many digits.
    private static let maxExponent = 1 << 40
    /// More than the 767 that the middle of two neighbours has at most.
    private static let decisiveDigits = 800

    private let end: UnsafePointer<UInt8>
    private(set) var place: UnsafePointer<UInt8>
    private(set) var isNegative = false
    private var firstDigit: UnsafePointer<UInt8>
    /// The number is digits · 10^exponent, or somewhat more where it goes on.
    private var digits: UInt64 = 0
    private var exponent = 0
    private var digitCount = 0
    private var goesOn = false

    init(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        unsafe self.end = end
        unsafe place = start
        unsafe firstDigit = start
    }

    private var next: UInt8 { unsafe place < end ? place[0] : 0 }

    private mutating func pass(_ byte: UInt8) -> Bool {
        guard unsafe next == byte else { return false }
        unsafe place += 1
        return true
    }

    /// False where there is none; the place is then that of the byte to blame.
    mutating func passNumber() -> Bool {
        unsafe isNegative = pass(UInt8(ascii: "-"))
        unsafe firstDigit = place
        let beginsWithZero = unsafe next == UInt8(ascii: "0")
        let count = unsafe passDigits(areFraction: false)
        guard count > 0 else { return false }
        if beginsWithZero && count > 1 {
            unsafe place = firstDigit
            return false
        }
        if unsafe pass(UInt8(ascii: ".")) {
            guard unsafe passDigits(areFraction: true) > 0 else { return false }
        }
        guard unsafe next.isExponentMark else { return true }
        unsafe place += 1
        return unsafe passExponent()
    }

    private mutating func passDigits(areFraction: Bool) -> Int {
        let start = unsafe place
        while unsafe next.isDigit {
            let digit = unsafe UInt64(next & 0xF)
            unsafe place += 1
            if unsafe digitCount < Self.maxDigits {
                unsafe digits = digits &* 10 &+ digit
                // Zeros in front are none that count.
                unsafe digitCount += digits == 0 ? 0 : 1
                unsafe exponent -= areFraction ? 1 : 0
            } else {
                unsafe goesOn = goesOn || digit != 0
                unsafe exponent += areFraction ? 0 : 1
            }
        }
        return unsafe place - start
    }

    private mutating func passExponent() -> Bool {
        let isDown = unsafe pass(UInt8(ascii: "-"))
        if !isDown { _ = unsafe pass(UInt8(ascii: "+")) }
        guard unsafe next.isDigit else { return false }
        var power = 0
        while unsafe next.isDigit {
            power = unsafe min(power * 10 + Int(next & 0xF), Self.maxExponent)
            unsafe place += 1
        }
        unsafe exponent += isDown ? -power : power
        return true
    }

    func nearestPattern<Scalar: DecimalScalar>(_ type: Scalar.Type) -> UInt64 {
        let pattern = unsafe Scalar.nearestPattern(digits, exponent: exponent)
        guard unsafe goesOn, unsafe pattern != Scalar.nearestPattern(digits + 1, exponent: exponent) else {
            return pattern
        }
        return unsafe patternByLibc(type)
    }

    /// Of as many digits as can decide, and a 1 after them where more follow; with no point, which a locale may spell otherwise.
    private func patternByLibc<Scalar: DecimalScalar>(_ type: Scalar.Type) -> UInt64 {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.decisiveDigits + 32) { text in
            var count = 0
            var isMore = false
            var digit = unsafe firstDigit
            while unsafe digit < place, unsafe !digit[0].isExponentMark {
                if unsafe count == Self.decisiveDigits {
                    unsafe isMore = isMore || (digit[0].isDigit && digit[0] != UInt8(ascii: "0"))
                } else if unsafe digit[0].isDigit, unsafe count > 0 || digit[0] != UInt8(ascii: "0") {
                    unsafe text[count] = CChar(digit[0])
                    count += 1
                }
                unsafe digit += 1
            }
            let power = unsafe exponent + Self.maxDigits - count
            for byte in "\(isMore ? "1" : "")e\(isMore ? power - 1 : power)\0".utf8 {
                unsafe text[count] = CChar(byte)
                count += 1
            }
            return unsafe text.baseAddress.map { unsafe Scalar.readByLibc($0).pattern } ?? 0
        }
    }
}
