import PositionalEncoding

/// How a model's code reads the `mrope_section` of its config, or has it where the config has none.
///
/// From the classes of transformers 5.23.0.
enum ModelAxes {
    static func axes(_ axes: PairAxes, of modelType: String) -> PairAxes {
        guard case .blocks(let sections) = axes else { return axes }
        // Their code interleaves whether `mrope_interleaved` is there or not.
        if ["qwen3_vl", "qwen3_omni", "qwen3_5"].contains(where: modelType.hasPrefix) { return .interleaved(sections) }
        // Its sections are of height, width and time: height and width take turns, and time comes last.
        if modelType.hasPrefix("ernie4_5_vl"), sections.time == sections.height {
            let images = (0..<2 * sections.time).map { $0.isMultiple(of: 2) ? PositionAxis.height : .width }
            return .named(images + Array(repeating: .time, count: sections.width))
        }
        return axes
    }

    /// The sections of the class, as the config would have them; nil where it has none, or other than so many pairs.
    static func sections(of modelType: String, pairs: Int?) -> [Int]? {
        guard !modelType.contains("vision") else { return nil }
        let sections = classSections.first { modelType.hasPrefix($0.prefix) }?.sections
        return sections?.reduce(0, +) == pairs ? sections : nil
    }

    private static let classSections: [(prefix: String, sections: [Int])] = [
        ("qwen2_vl", [16, 24, 24]), ("qwen2_5_vl", [16, 24, 24]), ("qwen2_5_omni", [16, 24, 24]),
        ("paddleocr_vl", [16, 24, 24]), ("qwen3_vl", [24, 20, 20]), ("qwen3_omni", [24, 20, 20]),
        ("qwen3_5", [11, 11, 10]), ("glm4v", [8, 12, 12]), ("glm_ocr", [8, 12, 12]), ("ernie4_5_vl", [22, 22, 20]),
    ]
}
