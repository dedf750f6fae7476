/// The ladder of frequencies of one set of parameters, for one length, pair by pair.
///
/// With `RotaryParameters.pairs`, which says where pairs are read and written, this is the one table under every rotation.
///
/// A class, as each request takes it in hand several times.
package final class FrequencyTable: Sendable {
    /// What a table depends on.
    struct Key: Hashable {
        let rotaryDimension: Int
        let base: Double
        let scaling: Scaling
        let axes: PairAxes
        let inverseFrequencies: [Double]?
        let precision: Precision
        /// nil where the ladder is that of the original length.
        let length: Double?
        /// Of all of these: a key is looked up for each block of rows.
        private let hash: Int

        /// `length` is that of the sequence in positions, where it is known.
        init(_ parameters: RotaryParameters, length: Double?) {
            rotaryDimension = parameters.rotaryDimension
            base = parameters.base
            scaling = parameters.scaling
            axes = parameters.axes
            switch parameters.substitute {
            case nil: inverseFrequencies = nil
            case .inverseFrequencies(let list): inverseFrequencies = list
            case .tables: preconditionFailure("tables of cosines and sines have no ladder")
            }
            precision = parameters.precision
            self.length =
                parameters.dependsOnLength ? parameters.scaling.ladderLength(parameters.length ?? length) : nil
            var hasher = Hasher()
            hasher.combine(rotaryDimension)
            hasher.combine(base)
            hasher.combine(scaling)
            hasher.combine(axes)
            hasher.combine(inverseFrequencies)
            hasher.combine(precision)
            hasher.combine(self.length)
            hash = hasher.finalize()
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(hash)
        }

        /// What the lists within take, which may be those of one request alone.
        var listBytes: Int {
            let given = (inverseFrequencies?.count ?? 0) * 8
            if case .longRope = scaling { return given + rotaryDimension * 8 }
            return given
        }
    }

    let key: Key
    /// p of them, in rad per position, from the fastest pair to the slowest: base^(−2i/r), scaled.
    package let inverseFrequencies: [Double]
    /// What rotated elements are multiplied by.
    package let attentionFactor: Double
    /// The base that a scaling has put in place of the one given; nil for scalings that keep it.
    package let effectiveBase: Double?
    /// For each pair, how much of its frequency is interpolated, from 0 to 1; nil for scalings without a ramp.
    package let interpolation: [Double]?
    /// Of each pair, the place of its axis among those of a position; nil where a position has one.
    let axisIndices: [Int]?
    /// The axis of each pair in letters, `TTHHWW`; nil where a position has one.
    package let axisLetters: String?
    /// Of longrope: whether the factors are those for lengths past the original one.
    package let isLong: Bool
    var precision: Precision { key.precision }

    convenience init(_ key: Key) {
        switch key.precision {
        case .float64: self.init(key, ExactArithmetic.self)
        case .float32: self.init(key, HuggingFaceArithmetic.self)
        }
    }

    private init<Arithmetic: LadderArithmetic>(_ key: Key, _: Arithmetic.Type) {
        self.key = key
        if let given = key.inverseFrequencies {
            inverseFrequencies = given
            effectiveBase = nil
            interpolation = nil
        } else {
            let plain = PlainLadder<Arithmetic>(
                rotaryDimension: key.axes.ladderDimension(of: key.rotaryDimension), base: key.base)
            let scaled = key.scaling.scale(plain, length: key.length)
            inverseFrequencies = key.axes.deal(scaled.inverseFrequencies.map { Double($0) })
            effectiveBase = scaled.effectiveBase.map { Double($0) }
            interpolation = scaled.interpolation.map { key.axes.deal($0.map { Double($0) }) }
        }
        attentionFactor = key.scaling.attentionFactor
        let axes = key.axes.axes
        let assignment = key.axes.assignment(pairs: key.rotaryDimension / 2)
        axisIndices = axes.isEmpty ? nil : assignment.map { axes.firstIndex(of: $0) ?? 0 }
        axisLetters = axes.isEmpty ? nil : String(assignment.map(\.rawValue))
        isLong = key.length != nil
    }

    /// Cosines and sines at positions, which are not kept.
    package func rows(at positions: [Double]) -> RotaryRows<Double> {
        RotaryRows(self, positions: positions, direction: .forward)
    }

    /// How many positions each pair needs for a full turn, 2π / |inverse frequency|; infinite where it does not turn.
    package var wavelengths: [Double] {
        inverseFrequencies.map { 2 * Double.pi / $0.magnitude }
    }

    /// Whether every frequency is a number, and the effective base one in float64.
    package var isFinite: Bool {
        inverseFrequencies.allSatisfy(\.isFinite) && effectiveBase?.isFinite ?? true
    }
}
