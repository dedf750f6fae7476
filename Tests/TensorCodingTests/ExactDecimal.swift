/// A positive number significand · 2^exponent, in all its decimal digits.
struct ExactDecimal {
    /// The number is these, read as a whole number, · 10^exponent; the first is no 0.
    private(set) var digits: [UInt8]
    let exponent: Int

    init(_ significand: UInt64, binary: Int) {
        // In limbs of nine digits, the lowest first; 2^−n is 5^n · 10^−n.
        var limbs = [
            significand % 1_000_000_000, significand / 1_000_000_000 % 1_000_000_000,
            significand / 1_000_000_000_000_000_000,
        ]
        var rest = binary.magnitude
        let (base, step): (UInt64, UInt) = binary < 0 ? (5, 13) : (2, 30)
        while rest > 0 {
            let factor = (0..<min(rest, step)).reduce(1) { power, _ in power * base }
            rest -= min(rest, step)
            var carry: UInt64 = 0
            for place in limbs.indices {
                let product = limbs[place] * factor + carry
                limbs[place] = product % 1_000_000_000
                carry = product / 1_000_000_000
            }
            while carry > 0 {
                limbs.append(carry % 1_000_000_000)
                carry /= 1_000_000_000
            }
        }
        let text = limbs.reversed().map { limb in
            let digits = String(limb)
            return String(repeating: "0", count: 9 - digits.utf8.count) + digits
        }
        digits = Array(text.joined().utf8.drop { $0 == UInt8(ascii: "0") })
        exponent = min(binary, 0)
    }

    var text: String { Self.text(digits, exponent) }

    /// More by a fraction of the last digit.
    var textAbove: String { Self.text(digits + Array("0000001".utf8), exponent - 7) }

    /// Less by a fraction of the last digit.
    var textBelow: String { Self.text(Self.decremented(digits) + Array("999999".utf8), exponent - 6) }

    /// The first digits, rounded down and up; nil where they are all.
    func texts(ofFirst count: Int) -> (down: String, up: String)? {
        guard digits.dropFirst(count).contains(where: { $0 != UInt8(ascii: "0") }) else { return nil }
        let first = Array(digits[..<count])
        let power = exponent + digits.count - count
        var up = first
        var place = count - 1
        while place >= 0, up[place] == UInt8(ascii: "9") {
            up[place] = UInt8(ascii: "0")
            place -= 1
        }
        if place >= 0 { up[place] += 1 } else { up.insert(UInt8(ascii: "1"), at: 0) }
        return (Self.text(first, power), Self.text(up, power))
    }

    private static func decremented(_ digits: [UInt8]) -> [UInt8] {
        var digits = digits
        var place = digits.count - 1
        while digits[place] == UInt8(ascii: "0") {
            digits[place] = UInt8(ascii: "9")
            place -= 1
        }
        digits[place] -= 1
        return digits
    }

    /// With a point after the first digit.
    private static func text(_ digits: [UInt8], _ exponent: Int) -> String {
        var digits = digits
        // A number does not begin with 0 and another digit.
        while digits.count > 1, digits[0] == UInt8(ascii: "0") { digits.removeFirst() }
        let power = exponent + digits.count - 1
        if digits.count > 1 { digits.insert(UInt8(ascii: "."), at: 1) }
        return String(decoding: digits, as: UTF8.self) + "e\(power)"
    }
}
