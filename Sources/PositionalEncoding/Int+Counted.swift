extension Int {
    /// The number with a noun, in the plural unless it is one, for messages.
    package func counted(_ noun: String) -> String { self == 1 ? "1 \(noun)" : "\(self) \(noun)s" }
}
