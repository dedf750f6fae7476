/// JSON's numbers as clients write them, and worse.
package enum NumberSpelling {
    /// Short and long, in all notations: what every parser of either type takes.
    package static func common(_ random: inout SplitMix64) -> String {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: String(Int.random(in: -9...9, using: &random))
        case 1: String(Int64.random(in: .min ... .max, using: &random))
        case 2: String(Int.random(in: 0...1 << 26, using: &random))
        case 3: decimal(1...4, 1...4, &random)
        case 4: decimal(1...9, 1...40, &random)
        case 5: decimal(1...2, 1...20, &random) + exponent(-20...18, &random)
        case 6: shortest(Float(bitPattern: .random(in: 0 ... .max, using: &random)))
        case 7: halfway(&random)
        case 8: ["-0", "0", "0.0", "-0.0", "0.0e5", "-0.00E-3"].randomElement(using: &random) ?? "0"
        // The largest and the smallest of float32, subnormals too.
        case 9: "9." + tail(1...20, &random) + exponent(Bool.random(using: &random) ? 36...37 : -45 ... -36, &random)
        case 10: "9" + tail(20...60, &random) + exponent(-80 ... -40, &random)
        default: digits(1...3, &random) + exponent(-12...12, &random)
        }
    }

    /// Those, at the ends of float64 too, and now and then past the ends.
    package static func any(_ random: inout SplitMix64) -> String {
        switch Int.random(in: 0..<64, using: &random) {
        case 0: shortest(Double(bitPattern: .random(in: 0 ... .max, using: &random)))
        case 1: "9." + tail(1...20, &random) + exponent(-323 ... -305, &random)
        case 2: decimal(1...3, 1...20, &random) + exponent(-47 ... -43, &random)
        case 3:
            [
                "0e5", "-0E-7", "1e-400", "1e-46", "1e39", "-1e309", "3.4028235677973366e38", "3.4028235677973367e38",
                float64(&random),
            ].randomElement(using: &random) ?? "0"
        default: common(&random)
        }
    }

    /// Of any length and exponent, most of them around the ends of float64; some are past it.
    package static func float64(_ random: inout SplitMix64) -> String {
        var text = digits(1...(Bool.random(using: &random) ? 3 : 330), &random)
        if Bool.random(using: &random) { text += "." + tail(1...(Bool.random(using: &random) ? 20 : 330), &random) }
        if Bool.random(using: &random) {
            text += Bool.random(using: &random) ? "e" : "E"
            text += ["", "+", "-", "-"].randomElement(using: &random) ?? ""
            text += String(Int.random(in: 0...700, using: &random))
        }
        return text
    }

    /// Just between two neighbours of float32 or float64, or next to that.
    private static func halfway(_ random: inout SplitMix64) -> String {
        let power: UInt128 = (0..<24).reduce(1) { power, _ in power * 5 }
        // 2^24 and 2^53 more are numbers of one bit more than the type has; divided by 2^24, they have 24 decimals.
        let significand = (UInt128(1) << 24) + UInt128.random(in: 0..<1 << 23, using: &random) * 2 + 1
        let decimals = String(significand * power).dropFirst()
        let text =
            switch Int.random(in: 0..<3, using: &random) {
            case 0: "1." + decimals
            case 1: String(significand)
            default: String((UInt64(1) << 53) + UInt64.random(in: 0..<1 << 52, using: &random) * 2 + 1)
            }
        let fraction = text.contains(".") ? "" : "."
        return text + (["", fraction + "000", fraction + "00000000000000000001"].randomElement(using: &random) ?? "")
    }

    private static func shortest(_ number: some BinaryFloatingPoint & CustomStringConvertible) -> String {
        number.isFinite ? number.description : "1"
    }

    private static func decimal(
        _ whole: ClosedRange<Int>, _ fraction: ClosedRange<Int>, _ random: inout SplitMix64
    ) -> String {
        digits(whole, &random) + "." + tail(fraction, &random)
    }

    /// With a sign, or without; none begins with 0 but 0 itself.
    private static func digits(_ counts: ClosedRange<Int>, _ random: inout SplitMix64) -> String {
        let whole = tail(counts, &random).drop { $0 == "0" }
        return (Bool.random(using: &random) ? "-" : "") + (whole.isEmpty ? "0" : String(whole))
    }

    private static func tail(_ counts: ClosedRange<Int>, _ random: inout SplitMix64) -> String {
        let count = Int.random(in: counts, using: &random)
        return String((0..<count).map { _ in "0123456789".randomElement(using: &random) ?? "0" })
    }

    private static func exponent(_ range: ClosedRange<Int>, _ random: inout SplitMix64) -> String {
        let value = Int.random(in: range, using: &random)
        let sign = value < 0 ? "-" : ["", "+"].randomElement(using: &random) ?? ""
        return (Bool.random(using: &random) ? "e" : "E") + sign + String(value.magnitude)
    }
}
