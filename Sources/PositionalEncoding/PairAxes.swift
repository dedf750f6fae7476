/// A direction in which tokens of a video or an image have a position of their own.
package enum PositionAxis: Character, Sendable, CaseIterable {
    case time = "T"
    case height = "H"
    case width = "W"
}

/// Which axis of a position turns each pair, and how the ladder is dealt out among the axes.
package enum PairAxes: Sendable, Hashable {
    /// All pairs turn by the one position that a token of text has.
    case single
    /// M-RoPE in blocks, as many pairs for time, height and width as the sections say.
    ///
    /// P. Wang et al., "Qwen2-VL: Enhancing Vision-Language Model's Perception of the World at Any Resolution",
    /// arXiv:2409.12191, §2.1.
    case blocks(Sections)
    /// M-RoPE interleaved: from the first pair on time, height and width in turn, as long as the sections of height and width
    /// last; what is left is time's.
    ///
    /// "Qwen3-VL Technical Report", arXiv:2511.21631, as Hugging Face has it.
    case interleaved(Sections)
    /// The axis of each pair.
    case named([PositionAxis])
    /// Height for the first half of the pairs, width for the second, each with a whole ladder over half of the dimension:
    /// the vision towers of Qwen2-VL and later.
    case splitLadder
    /// Height for the first half of the pairs, with the even steps of one ladder, and width for the second, with the odd ones:
    /// Pixtral.
    case dealtLadder

    /// How many pairs each axis has.
    package struct Sections: Sendable, Hashable {
        package let time: Int
        package let height: Int
        package let width: Int

        /// nil unless there are three, none negative, and their sum is an Int.
        package init?(_ counts: [Int]) {
            guard counts.count == 3, counts.allSatisfy({ (0...RotaryParameters.maxDimension).contains($0) }) else {
                return nil
            }
            (time, height, width) = (counts[0], counts[1], counts[2])
        }

        package var sum: Int { time + height + width }
    }

    /// In the order in which positions have them.
    package var axes: [PositionAxis] {
        switch self {
        case .single: []
        case .blocks, .interleaved: PositionAxis.allCases
        case .named(let axes): PositionAxis.allCases.filter(axes.contains)
        case .splitLadder, .dealtLadder: [.height, .width]
        }
    }

    /// How many positions a token has.
    package var count: Int { max(1, axes.count) }

    /// The axis of each of p pairs; of a single axis, none.
    package func assignment(pairs: Int) -> [PositionAxis] {
        switch self {
        case .single:
            []
        case .blocks(let sections):
            Array(repeating: .time, count: sections.time) + Array(repeating: .height, count: sections.height)
                + Array(repeating: .width, count: sections.width)
        case .interleaved(let sections):
            (0..<pairs).map { pair in
                switch pair % 3 {
                case 1 where pair < 3 * sections.height: .height
                case 2 where pair < 3 * sections.width: .width
                default: .time
                }
            }
        case .named(let axes):
            axes
        case .splitLadder, .dealtLadder:
            (0..<pairs).map { $0 < pairs / 2 ? .height : .width }
        }
    }

    /// Throws unless there is an axis for each pair of r elements.
    func check(rotaryDimension: Int) throws(RotaryParameterError) {
        let pairs = rotaryDimension / 2
        switch self {
        case .single:
            break
        case .blocks(let sections):
            guard sections.sum == pairs else { throw .sections(sum: sections.sum, pairs: pairs) }
        case .interleaved(let sections):
            guard sections.sum == pairs else { throw .sections(sum: sections.sum, pairs: pairs) }
            // The last pair of a section of n is 3(n − 1) + 1 or + 2.
            for (axis, count, last) in [
                (PositionAxis.height, sections.height, 3 * sections.height - 2),
                (.width, sections.width, 3 * sections.width - 1),
            ] where count > 0 && last >= pairs {
                throw .interleavedSection(axis, count, pairs: pairs)
            }
        case .named(let axes):
            guard axes.count == pairs else { throw .axisCount(axes.count, pairs: pairs) }
        case .splitLadder, .dealtLadder:
            guard pairs.isMultiple(of: 2) else { throw .unevenAxes(rotaryDimension) }
        }
    }

    /// How many elements one ladder is for, where r turn.
    func ladderDimension(of rotaryDimension: Int) -> Int {
        self == .splitLadder ? rotaryDimension / 2 : rotaryDimension
    }

    /// The steps of a ladder in the order of the pairs that they turn.
    func deal<Step>(_ ladder: [Step]) -> [Step] {
        switch self {
        case .single, .blocks, .interleaved, .named: ladder
        case .splitLadder: ladder + ladder
        case .dealtLadder:
            stride(from: 0, to: ladder.count, by: 2).map { ladder[$0] }
                + stride(from: 1, to: ladder.count, by: 2).map { ladder[$0] }
        }
    }
}
