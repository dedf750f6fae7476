import Glibc

/// What ladders of frequencies are computed in.
protocol LadderNumber: BinaryFloatingPoint {
    static func power(_ base: Self, _ exponent: Self) -> Self
    /// The powers of a base by a list of exponents.
    static func powers(_ base: Self, _ exponents: [Self]) -> [Self]
    static func logarithm(_ number: Self) -> Self
    static func tangent(_ angle: Self) -> Self
    static func arcTangent(_ number: Self) -> Self
}

extension LadderNumber {
    static func powers(_ base: Self, _ exponents: [Self]) -> [Self] { exponents.map { power(base, $0) } }
}

extension Double: LadderNumber {
    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
    static func logarithm(_ number: Double) -> Double { log(number) }
    static func tangent(_ angle: Double) -> Double { tan(angle) }
    static func arcTangent(_ number: Double) -> Double { atan(number) }
}

/// Powers are PyTorch's; the other functions are those of float64, rounded once.
extension Float: LadderNumber {
    static func power(_ base: Float, _ exponent: Float) -> Float { pow(base, exponent) }

    static func powers(_ base: Float, _ exponents: [Float]) -> [Float] {
        let vectorized = TorchPower.bases.contains(base) ? exponents.count / TorchPower.chunk * TorchPower.chunk : 0
        return exponents.enumerated().map { index, exponent in
            index < vectorized ? TorchPower.power(base, exponent) : power(base, exponent)
        }
    }

    static func logarithm(_ number: Float) -> Float { Float(log(Double(number))) }
    static func tangent(_ angle: Float) -> Float { Float(tan(Double(angle))) }
    static func arcTangent(_ number: Float) -> Float { Float(atan(Double(number))) }
}

#if arch(x86_64)
    /// float64 with eleven bits more, which the steps of a ladder may lose.
    typealias ExtendedNumber = Float80

    extension Float80: LadderNumber {
        static func power(_ base: Float80, _ exponent: Float80) -> Float80 { pow(base, exponent) }
        static func logarithm(_ number: Float80) -> Float80 { log(number) }
        static func tangent(_ angle: Float80) -> Float80 { tan(angle) }
        static func arcTangent(_ number: Float80) -> Float80 { atan(number) }
    }
#else
    /// Processors without a wider type round each step of a ladder to float64.
    typealias ExtendedNumber = Double
#endif
