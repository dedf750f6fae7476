/// Powers of float32 as PyTorch's vectorized loops compute them on x86-64, to the bit: Sleef's powf of 1.0 ulp with fused
/// multiply-adds, for positive bases and results that are normal numbers.
///
/// N. Shibata and F. Petrogalli, "SLEEF: A Portable Vectorized Library of C Standard Mathematical Functions", IEEE TPDS 31
/// (2020); names and constants are those of its `xpowf`. It is not always the nearest float32, and at position 131 071 one
/// unit of an inverse frequency is a hundredth of a turn.
enum TorchPower {
    /// PyTorch's loops for AVX2 take so many numbers at once; what is left over at the end goes to libm. Those for AVX-512 take
    /// 32, so that of some ladders a few powers differ by a unit between machines.
    static let chunk = 16

    /// Bases for which no step leaves the normal numbers.
    static let bases: ClosedRange<Float> = 0x1p-100...0x1p126

    /// The base is one of `bases`, the exponent from 0 to 1.
    static func power(_ base: Float, _ exponent: Float) -> Float {
        precondition(bases.contains(base) && (0...1).contains(exponent))
        return exponential(logarithm(base) * exponent)
    }

    private static func logarithm(_ number: Float) -> FloatPair {
        let scaled = number * (1 / 0.75)
        let exponent = Float(scaled.exponent)
        let significand = Float(sign: .plus, exponent: -Int(scaled.exponent), significand: number)
        let x = FloatPair(exactSum: -1, significand) / FloatPair(exactSum: 1, significand)
        let square = x.squared
        var series: Float = 0.24032035470008850098
        series = (0.28511267900466918945 as Float).addingProduct(series, square.high)
        series = (0.40000799298286438 as Float).addingProduct(series, square.high)
        let twoThirds = FloatPair(0.66666662693023681641, 3.69183861259614332084e-09)
        let ln2 = FloatPair(0.69314718246459960938, -1.904654323148236017e-09)
        let double = FloatPair(x.high * 2, x.low * 2)
        return ln2 * exponent + double + square * x * (square * series).addingExactly(twoThirds)
    }

    private static func exponential(_ number: FloatPair) -> Float {
        let quotient = ((number.high + number.low) * 1.4426950408889634).rounded(.toNearestOrEven)
        var rest = number.addingExactly(quotient * -0.693145751953125)
        rest = rest.addingExactly(quotient * -1.428606765330187045e-06).normalized
        var series: Float = 0.00136324646882712841
        for coefficient: Float in [
            0.00836596917361021041870117, 0.0416710823774337768554688, 0.166665524244308471679688,
            0.499999850988388061523438,
        ] {
            series = coefficient.addingProduct(series, rest.high)
        }
        let sum = FloatPair(1, 0) + (rest + rest.squared * series)
        return Float(sign: .plus, exponent: Int(quotient), significand: sum.high + sum.low)
    }
}

/// A number as the sum of two float32, the second a correction of the first.
private struct FloatPair {
    let high: Float
    let low: Float

    init(_ high: Float, _ low: Float) {
        self.high = high
        self.low = low
    }

    /// The sum of two numbers, and what rounding took from it.
    init(exactSum one: Float, _ other: Float) {
        let sum = one + other
        let part = sum - one
        self.init(sum, (one - (sum - part)) + (other - part))
    }

    var normalized: FloatPair {
        let sum = high + low
        return FloatPair(sum, (high - sum) + low)
    }

    var squared: FloatPair {
        let product = high * high
        return FloatPair(product, (-product).addingProduct(high, high).addingProduct(high + high, low))
    }

    func addingExactly(_ other: Float) -> FloatPair {
        let sum = FloatPair(exactSum: high, other)
        return FloatPair(sum.high, sum.low + low)
    }

    func addingExactly(_ other: FloatPair) -> FloatPair {
        let sum = FloatPair(exactSum: high, other.high)
        return FloatPair(sum.high, sum.low + (low + other.low))
    }

    /// The first is not smaller than the second.
    static func + (one: FloatPair, other: FloatPair) -> FloatPair {
        let sum = one.high + other.high
        return FloatPair(sum, (((one.high - sum) + other.high) + one.low) + other.low)
    }

    static func * (one: FloatPair, other: Float) -> FloatPair {
        let product = one.high * other
        return FloatPair(product, (-product).addingProduct(one.high, other).addingProduct(one.low, other))
    }

    static func * (one: FloatPair, other: FloatPair) -> FloatPair {
        let product = one.high * other.high
        let rest = (-product).addingProduct(one.high, other.high)
        return FloatPair(product, rest.addingProduct(one.low, other.high).addingProduct(one.high, other.low))
    }

    static func / (one: FloatPair, other: FloatPair) -> FloatPair {
        let reciprocal = 1 / other.high
        let quotient = one.high * reciprocal
        let rest = (-quotient).addingProduct(reciprocal, one.high)
        let error = (1 as Float).addingProduct(-other.high, reciprocal).addingProduct(-other.low, reciprocal)
        return FloatPair(quotient, rest.addingProduct(one.low, reciprocal).addingProduct(quotient, error))
    }
}
