import Glibc
import PositionalEncoding
import TensorCoding

/// The named values of a request, whichever way they are written. All that throws throws `Problem`.
protocol Fields {
    /// All names that were given.
    var names: [String] { get }
    func contains(_ name: String) -> Bool
    func place(of name: String) -> Place

    func number(_ name: String) throws -> Double
    func boolean(_ name: String) throws -> Bool
    func string(_ name: String) throws -> String
    /// A list of numbers.
    func numbers(_ name: String) throws -> [Double]
    /// The place of an element of a list, or of lists.
    func place(of name: String, indices: [Int]) -> Place

    /// A number, a list, or lists in lists, of positions. As many as `rowCounts` allows are wanted; more need not be read.
    func positions(_ name: String, rowCounts: ClosedRange<Int>) throws -> PositionList
    /// Those of a rotation.
    func rotary(_ context: RequestContext) throws -> RotaryFields
}

/// Positions as they are written.
struct PositionList {
    /// Row-major.
    let numbers: [Double]
    /// Outermost first; none for a number alone.
    let axes: [Int]
    /// Whether a number alone and a list of one are written alike.
    var isEitherWay = false
}

extension Fields {
    /// What a field holds where it is given; null counts as given.
    func ifGiven<Value>(_ name: String, _ read: (String) throws -> Value) rethrows -> Value? {
        contains(name) ? try read(name) : nil
    }

    /// A number of integer value.
    func integer(_ name: String) throws -> Int {
        let number = try number(name)
        guard let integer = Int(exactly: number) else {
            if number == number.rounded() {
                throw Problem(.outOfRange, at: place(of: name), "\(name) is too large; this is \(number)")
            }
            throw Problem(.wrongType, at: place(of: name), "\(name) must be a whole number; this is \(number.shortest)")
        }
        return integer
    }

    /// One of the values of an enumeration.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String, of type: Choice.Type) throws -> Choice
    {
        let text = try string(name)
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw Problem(
                .unknownValue, at: place(of: name), "\(name) \"\(text.clipped)\" is not known; known are \(known)")
        }
        return choice
    }

    /// The layout of pairs. Names of other tools are refused, and the message says which of ours they are.
    func layout(_ name: String) throws -> PairLayout {
        let text = try string(name)
        if let layout = PairLayout(rawValue: text) { return layout }
        let hint =
            if text.lowercased() == "llama" {
                "Meta's files of Llama are \"interleaved\", and Hugging Face's are \"half\""
            } else if let meant = PairLayout(otherName: text.lowercased()) {
                "did you mean \"\(meant.rawValue)\"?"
            } else {
                "known are \"interleaved\", pairs of neighbours, and \"half\", pairs as in rotate_half"
            }
        throw Problem(.unknownValue, at: place(of: name), "\(name) \"\(text.clipped)\" is not known; \(hint)")
    }

    /// Throws where a name was given that is not known, and says which known one is nearest.
    func refuseAll(but known: @autoclosure () -> [String]) throws {
        let names = names
        guard !names.isEmpty else { return }
        let known = known()
        let unknown = names.filter { !known.contains($0) }.sorted()
        let entries = unknown.prefix(Problem.mostEntries).map { name in
            let advice =
                FieldAdvice.advice(on: name, among: known) ?? known.nearest(to: name).map { "did you mean \($0)?" }
            let hint = "; " + (advice ?? "known are \(known.joined(separator: ", "))")
            return Problem.Entry(detail: "there is no field \"\(name.clipped)\" here\(hint)", place: place(of: name))
        }
        if let first = entries.first { throw Problem(.unknownField, first.detail, entries: entries) }
    }
}

extension PairLayout {
    /// By a name that other tools have for it, in lower case.
    fileprivate init?(otherName name: String) {
        switch name {
        case "neox", "gpt-neox", "gpt_neox", "gptneox", "is_neox_style", "rotate_half", "rotate-half", "split",
            "split_half", "halves", "blocks", "block", "hf", "huggingface", "non-interleaved", "contiguous":
            self = .half
        case "gptj", "gpt-j", "gpt_j", "adjacent", "interleave", "interleaving", "neighbours", "neighbors", "pairs",
            "complex", "meta", "norm", "normal", "traditional", "rotate_every_two", "roformer", "even_odd":
            self = .interleaved
        default:
            let spelled = PairLayout.allCases.first { $0.rawValue == name || $0.rawValue.edits(to: name) <= 2 }
            guard let spelled else { return nil }
            self = spelled
        }
    }
}

extension Double {
    /// `3` for 3.0, as JSON writes it.
    var shortest: String {
        Int(exactly: self).map(String.init) ?? description
    }

    /// Rounded to six significant digits.
    var sixDigits: String {
        guard isFinite, self != 0 else { return shortest }
        let scale = pow(10, 5 - log10(abs(self)).rounded(.down))
        let rounded = (self * scale).rounded() / scale
        return rounded.isFinite && scale.isFinite ? rounded.shortest : shortest
    }
}
