/// What became of reading a number.
enum NumberReading {
    case finite
    /// Larger than the type holds.
    case overflow
    case malformed
}

/// Reads one number of RFC 8259's grammar, correctly rounded.
///
/// `cursor` stands at its first byte and is left after its last; where malformed, at the byte that is to blame: one that should
/// be a digit (or `end`), or a 0 before another digit. What is too small becomes a subnormal or zero, with its sign. Unless
/// finite, the value stays as it was.
@inline(__always)
func readNumber<Scalar: DecimalScalar>(
    _ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into value: inout Scalar
) -> NumberReading {
    // Nothing is passed on by its address: it can stay in a register.
    if unsafe end - cursor >= farthestLook {
        let (next, pattern) = unsafe readUsualNumber(cursor, Scalar.self)
        if let next = unsafe next {
            unsafe cursor = next
            value = Scalar(pattern: pattern)
            return .finite
        }
    }
    let (reading, next, pattern) = unsafe readAnyNumber(cursor, end, Scalar.self)
    unsafe cursor = next
    if reading == .finite { value = Scalar(pattern: pattern) }
    return reading
}

/// A sign, 3 digits, a point, 24 digits, "e-", and the word in which its digits are looked for.
private let farthestLook = 39

/// Reads a number of at most 19 digits, 7 of them before a point; answers nil for others, and for what is none.
///
/// Few branches, and those go the same way for most numbers of a tensor: one that is guessed wrong costs half as much as all
/// the rest.
@inline(__always)
private func readUsualNumber<Scalar: DecimalScalar>(
    _ start: UnsafePointer<UInt8>, _ type: Scalar.Type
) -> (next: UnsafePointer<UInt8>?, pattern: UInt64) {
    let sign = unsafe start[0] == UInt8(ascii: "-") ? 1 : 0
    let signBit = UInt64(truncatingIfNeeded: sign) &* Scalar.signBit
    var place = unsafe start + sign
    var digits = unsafe UInt64(place[0]) &- 0x30
    if digits <= 9, unsafe place[1] == UInt8(ascii: ".") {
        unsafe place += 2
    } else {
        let run = unsafe DigitRun.load(place)
        let count = DigitRun.count(DigitRun.ends(run))
        guard count == 1 || (count > 1 && count < 8 && digits != 0) else { return (nil, 0) }
        digits = DigitRun.value(run, count: count)
        unsafe place += count
        let next = unsafe place[0]
        if next != UInt8(ascii: ".") {
            if next.isExponentMark { return unsafe readRest(start, place, digits, exponent: 0, signBit, type) }
            return unsafe (place, Scalar(Int64(truncatingIfNeeded: digits)).pattern | signBit)
        }
        unsafe place += 1
        if count > 3 {
            guard unsafe place[0].isDigit else { return (nil, 0) }
            return unsafe readRest(start, place, digits, exponent: 0, signBit, type)
        }
    }

    let first = unsafe DigitRun.load(place)
    let second = unsafe DigitRun.load(place + 8)
    let firstEnds = DigitRun.ends(first)
    let secondEnds = DigitRun.ends(second) | (firstEnds == 0 ? 0 : 1)
    let count = DigitRun.count(firstEnds) &+ DigitRun.count(secondEnds)
    guard count > 0 else { return (nil, 0) }
    // Always 16 digits after the point: an exponent that the compiler knows is worth more than a small number.
    digits =
        digits &* 10_000_000_000_000_000 &+ DigitRun.value(first, before: firstEnds) &* 100_000_000
        &+ DigitRun.value(second, before: secondEnds)
    unsafe place += count
    let next = unsafe place[0]
    if next.isDigit || next.isExponentMark {
        return unsafe readRest(start, place, digits, exponent: -16, signBit, type)
    }
    return unsafe (place, Scalar.nearestPattern(digits, exponent: -16) | signBit)
}

/// Reads on where digits · 10^exponent is not all: more digits of the fraction, and an exponent.
@inline(never)
private func readRest<Scalar: DecimalScalar>(
    _ start: UnsafePointer<UInt8>, _ firstPlace: UnsafePointer<UInt8>, _ firstDigits: UInt64, exponent: Int,
    _ signBit: UInt64, _ type: Scalar.Type
) -> (next: UnsafePointer<UInt8>?, pattern: UInt64) {
    var (place, digits, exponent) = unsafe (firstPlace, firstDigits, exponent)
    while unsafe place[0].isDigit {
        let run = unsafe DigitRun.load(place)
        let count = DigitRun.count(DigitRun.ends(run))
        // 64 bits hold 19 digits.
        guard unsafe place - start <= 21, digits < PowersOfTen.whole(19 &- count) else { return (nil, 0) }
        digits = digits &* PowersOfTen.whole(count) &+ DigitRun.value(run, count: count)
        exponent = exponent &- count
        unsafe place += count
    }
    if unsafe place[0].isExponentMark {
        let mark = unsafe place[1]
        unsafe place += mark == UInt8(ascii: "-") || mark == UInt8(ascii: "+") ? 2 : 1
        let run = unsafe DigitRun.load(place)
        let count = DigitRun.count(DigitRun.ends(run))
        guard count > 0, count < 8 else { return (nil, 0) }
        let power = Int(truncatingIfNeeded: DigitRun.value(run, count: count))
        exponent = exponent &+ (mark == UInt8(ascii: "-") ? 0 &- power : power)
        unsafe place += count
    }
    let pattern = Scalar.nearestPattern(digits, exponent: exponent)
    return unsafe (pattern < Scalar.infinity.pattern ? place : nil, pattern | signBit)
}

extension UInt8 {
    @inline(__always)
    var isDigit: Bool { self &- UInt8(ascii: "0") <= 9 }
    @inline(__always)
    var isExponentMark: Bool { self | 0x20 == UInt8(ascii: "e") }
}
