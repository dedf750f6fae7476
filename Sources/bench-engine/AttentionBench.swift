import Dispatch
import PositionalEncoding

/// Attention beside what it could be at best: the processor's multiplications, and the memory's bandwidth.
enum AttentionBench {
    private static let engine = RotaryEngine(maxCacheBytes: 1 << 26)

    /// How time grows with length, heads and dimension.
    static func series() throws {
        for length in [128, 256, 512, 1_024, 2_048, 4_096, 8_192] {
            try causal([1, 1, length, 128], rounds: max(3, 20_000 / length))
        }
        for heads in [1, 2, 4, 8, 16, 32] { try causal([1, heads, 512, 128], rounds: 20) }
        for dimension in [32, 64, 80, 96, 256] { try causal([1, 8, 512, dimension], rounds: 20) }
    }

    /// Of both types, beside plain causal attention.
    static func options() throws {
        try options([1, 8, 512, 128], of: Float.self, rounds: 30)
        try options([1, 8, 512, 128], of: Double.self, rounds: 20)
    }

    /// With one thread and with two, into memory that is there, as that of a large answer is.
    static func causal(_ axes: [Int], rounds: Int) throws {
        let attention = try attention(Float.self, query: axes, key: axes)
        var output = [Float](repeating: 0, count: axes.reduce(1, *))
        func attend(_ helpers: any Helpers) throws {
            var target = output.mutableSpan
            _ = try engine.attend(attention, into: &target, returningWeights: false, helpedBy: helpers) { false }
        }
        let times = try medianMilliseconds(
            rounds: rounds, [{ try attend(NoHelpers()) }, { try attend(OneHelper()) }])
        // Half of the products, and those of the diagonal.
        let length = axes[2]
        let work = Double(axes[0] * axes[1]) * Double(length * (length + 1) / 2) * Double(axes[3] * 4)
        print(
            #"{"attention":"causal","shape":\#(axes),"median_ms":\#(rounded(times[0])),"gflops":\#(rounded(work / times[0] / 1e6)),"#
                + #""two_threads_median_ms":\#(rounded(times[1])),"speedup":\#(rounded(times[0] / times[1]))}"#)
    }

    /// One query of 32 heads over 8 192 keys of 8, beside reading keys and values once.
    static func decodeStep() throws {
        let keyAxes = [1, 8, 8_192, 128]
        let attention = try attention(Float.self, query: [1, 32, 1, 128], key: keyAxes)
        let bytes = keyAxes.reduce(8, *)
        let memory = (0..<bytes / 8).map(UInt64.init)
        var sum: UInt64 = 0
        let times = try medianMilliseconds(
            rounds: 40,
            [
                { _ = try engine.attend(attention, returningWeights: false) },
                { sum &+= memory.reduce(0, &+) },
                { _ = try engine.attend(attention, returningWeights: false, helpedBy: OneHelper()) },
            ])
        precondition(sum > 0)
        print(
            #"{"attention":"decode","keys":\#(keyAxes),"ms":\#(rounded(times[0])),"read_ms":\#(rounded(times[1])),"#
                + #""ratio":\#(rounded(times[0] / times[1])),"two_threads_ms":\#(rounded(times[2]))}"#)
    }

    /// Each option beside plain causal attention of its size and type.
    private static func options<Scalar: TensorScalar>(_ axes: [Int], of type: Scalar.Type, rounds: Int) throws {
        let plain = try attention(type, query: axes, key: axes)
        let (heads, length) = (axes[1], axes[2])
        let triangle = (0..<length * length).map { $0 % length <= $0 / length }
        var options: [(String, Attention, Bool)] = []
        func add(_ name: String, weights: Bool = false, _ change: (inout Attention) -> Void = { _ in }) {
            var attention = plain
            change(&attention)
            options.append((name, attention, weights))
        }
        func mask(_ axes: [Int], _ elements: (TensorShape) -> AttentionMask.Elements) -> AttentionMask? {
            TensorShape(axes).flatMap { AttentionMask(elements($0), for: plain.shape) }
        }
        let list = (0..<length).map(Double.init)
        add("positions") { $0.positions = (.shared(list), .shared(list)) }
        add("positions a batch") { $0.positions = (.perBatch([list]), .perBatch([list])) }
        add("padding mask") {
            $0.mask = mask([1, 1, 1, length]) {
                .boolean(Tensor(shape: $0, elements: Array(repeating: true, count: length)))
            }
        }
        add("boolean triangle") {
            $0.isCausal = false
            $0.mask = mask([length, length]) { .boolean(Tensor(shape: $0, elements: triangle)) }
        }
        add("additive triangle") {
            $0.isCausal = false
            $0.mask = mask([length, length]) {
                .additive(any(Tensor(shape: $0, elements: triangle.map { $0 ? Scalar(0) : -.infinity })))
            }
        }
        add("bias a head") {
            $0.mask = mask([heads, length, length]) { shape in
                .additive(any(Tensor(shape: shape, elements: (0..<shape.count).map { Scalar($0 % 7) })))
            }
        }
        add("scale") { $0.scale = 0.3 }
        let rotation = try RotaryParameters(dimension: axes[3])
        add("rotation") { $0.rotation = rotation }
        options.append(
            ("grouped heads", try attention(type, query: axes, key: [axes[0], heads / 4, length, axes[3]]), false))
        add("weights returned", weights: true)
        for (name, attention, weights) in options {
            let times = try medianMilliseconds(
                rounds: rounds,
                [
                    { _ = try engine.attend(plain, returningWeights: false) },
                    { _ = try engine.attend(attention, returningWeights: weights) },
                ])
            print(
                #"{"attention":"\#(name)","type":"\#(Scalar.type)","shape":\#(axes),"causal_ms":\#(rounded(times[0])),"#
                    + #""ms":\#(rounded(times[1])),"ratio":\#(rounded(times[1] / times[0]))}"#)
        }
    }

    /// Causal attention over random elements, whose queries stand where the last keys do.
    private static func attention<Scalar: TensorScalar>(
        _: Scalar.Type, query: [Int], key: [Int]
    ) throws -> Attention {
        func random(_ axes: [Int]) -> AnyTensor {
            guard let shape = TensorShape(axes) else { preconditionFailure("the axes are those of a tensor") }
            return any(Tensor(shape: shape, elements: (0..<shape.count).map { _ in Scalar(Double.random(in: -1..<1)) }))
        }
        var attention = try Attention(query: random(query), key: random(key), value: random(key))
        attention.isCausal = true
        attention.positions = (.consecutive(from: Double(key[2] - query[2])), .consecutive(from: 0))
        return attention
    }

    private static func any<Scalar: TensorScalar>(_ tensor: Tensor<Scalar>) -> AnyTensor {
        switch tensor {
        case let tensor as Tensor<Float>: .float32(tensor)
        case let tensor as Tensor<Double>: .float64(tensor)
        default: preconditionFailure("a tensor is of one of two types")
        }
    }
}

/// A second thread, which is there at once.
private struct OneHelper: Helpers {
    private static let queue = DispatchQueue(label: "bench.helper")

    var helperCount: Int { 1 }

    func help(with step: @escaping @Sendable () -> Bool, while body: () -> Void) {
        let group = DispatchGroup()
        Self.queue.async(group: group) { while step() {} }
        body()
        group.wait()
    }
}
