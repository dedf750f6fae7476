import Glibc

/// What a request to /rope/apply says about each element of its tensor.
struct GoldenRotation {
    let x: GoldenTensor
    let rotaryDimension: Int
    let base: Double
    private let factor: Double
    private let isHalf: Bool
    /// By index of the first axis, or one for all.
    private let positions: [[Double]]

    init(_ request: JSON) throws {
        x = try GoldenTensor(request["x"])
        rotaryDimension = Int(request["rotary_dim"].number ?? Double(x.axes[x.axes.count - 1]))
        base = request["base"].number ?? 10_000
        factor = request["scaling"]["factor"].number ?? 1
        isHalf = request["layout"].string == "half"
        let offset = request["offset"].number ?? 0
        let given = request["positions"].elements
        let lists = given.first.map { $0.number == nil ? given : [request["positions"]] }
        positions =
            lists.map { $0.map { $0.elements.compactMap(\.number) } }
            ?? [(0..<x.axes[x.axes.count - 2]).map { offset + Double($0) }]
    }

    /// How far each element may be off: ‖p‖·(turn + angleError(pair, |angle|)), and nothing where nothing turns.
    func tolerances(turn: Double, angleError: (_ pair: Int, _ angle: Double) -> Double) -> [Double] {
        let (dimension, rows) = (x.axes[x.axes.count - 1], x.axes[x.axes.count - 2])
        var tolerances = [Double](repeating: 0, count: x.elements.count)
        for vector in 0..<x.elements.count / dimension {
            let batch = vector / (x.elements.count / dimension / x.axes[0])
            let position = positions[positions.count == 1 ? 0 : batch][vector % rows]
            for pair in 0..<rotaryDimension / 2 {
                let first = vector * dimension + (isHalf ? pair : 2 * pair)
                let second = first + (isHalf ? rotaryDimension / 2 : 1)
                let angle = abs(position) * pow(base, -2 * Double(pair) / Double(rotaryDimension)) / factor
                let length = hypot(x.elements[first], x.elements[second])
                tolerances[first] = length * (turn + angleError(pair, angle))
                tolerances[second] = tolerances[first]
            }
        }
        return tolerances
    }
}
