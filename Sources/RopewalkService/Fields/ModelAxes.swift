import PositionalEncoding

/// How a model's code reads the `mrope_section` of its config, where that is otherwise than it stands there.
///
/// From the classes of transformers 5.23.0.
enum ModelAxes {
    static func axes(_ axes: PairAxes, of modelType: String) -> PairAxes {
        guard case .blocks(let sections) = axes else { return axes }
        // Their code interleaves whether `mrope_interleaved` is there or not.
        if ["qwen3_vl", "qwen3_5"].contains(where: modelType.hasPrefix) { return .interleaved(sections) }
        // Its sections are of height, width and time: height and width take turns, and time comes last.
        if modelType.hasPrefix("ernie4_5_vl"), sections.time == sections.height {
            let images = (0..<2 * sections.time).map { $0.isMultiple(of: 2) ? PositionAxis.height : .width }
            return .named(images + Array(repeating: .time, count: sections.width))
        }
        return axes
    }
}
