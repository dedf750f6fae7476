import Glibc
import PositionalEncoding

/// Rotation of queries of 32 heads beside a copy of the same bytes, in both types: from kept rows and from none.
func rotationComparisons() -> [Comparison] {
    let axes = [1, 32, 2048, 128]
    guard let shape = TensorShape(axes), let half = try? RotaryParameters(dimension: 128, layout: .half),
        let interleaved = try? RotaryParameters(dimension: 128, layout: .interleaved)
    else { preconditionFailure("the shape is one") }
    func about(_ type: ScalarType) -> [(key: String, json: String)] {
        [("subject", "\"rotate\""), ("dtype", "\"\(type)\""), ("shape", "\(axes)"), ("threads", "1")]
    }
    let floats = (0..<shape.count).map { Float($0 % 1000) / 125 - 4 }
    let doubles = floats.map(Double.init)
    var turnedFloats = floats
    var turnedDoubles = doubles
    let engine = RotaryEngine(maxCacheBytes: 1 << 26)
    func turnFloats(_ engine: RotaryEngine, _ parameters: RotaryParameters) {
        var target = turnedFloats.mutableSpan
        engine.rotate(floats.span, shape, into: &target, at: .consecutive(from: 0), by: parameters)
    }
    func turnDoubles(_ engine: RotaryEngine, _ parameters: RotaryParameters) {
        var target = turnedDoubles.mutableSpan
        engine.rotate(doubles.span, shape, into: &target, at: .consecutive(from: 0), by: parameters)
    }
    let floatTensor = AnyTensor.float32(Tensor(shape: shape, elements: floats))
    return [
        Comparison(
            about: about(.float32), rounds: 41,
            cases: [
                .init(name: "memcpy") { unsafe memcpy(&turnedFloats, floats, shape.count * 4) },
                .init(name: "half") { turnFloats(engine, half) },
                .init(name: "interleaved") { turnFloats(engine, interleaved) },
                .init(name: "half, no rows kept") { turnFloats(RotaryEngine(maxCacheBytes: 1 << 26), half) },
                .init(name: "half, to a new tensor") {
                    _ = engine.rotate(floatTensor, at: .consecutive(from: 0), by: half)
                },
            ]),
        Comparison(
            about: about(.float64), rounds: 21,
            cases: [
                .init(name: "memcpy") { unsafe memcpy(&turnedDoubles, doubles, shape.count * 8) },
                .init(name: "half") { turnDoubles(engine, half) },
                .init(name: "interleaved") { turnDoubles(engine, interleaved) },
                .init(name: "half, no rows kept") { turnDoubles(RotaryEngine(maxCacheBytes: 1 << 26), half) },
            ]),
    ]
}
