import FoundationEssentials

/// The values of a text as the scanner met them, so that nobody has to look for them again.
final class JSONTable: Sendable {
    /// A value: what it is, and where.
    struct Row: Sendable {
        enum Content: Sendable {
            case null
            case boolean(Bool)
            case number
            /// `isPlain` where its bytes are what it stands for.
            case string(isPlain: Bool)
            /// What is in it follows in the table.
            case array(count: Int)
            /// An array of numbers or booleans, or of more than is kept: what is in it has no rows.
            case closedArray
            case object(count: Int)
        }

        var content: Content
        /// Of a member of an object.
        let key: String
        /// How many stand before it in its array or object.
        let ordinal: Int
        /// The row of that array or object; −1 of the outermost value.
        let parent: Int
        let start: Int
        var end: Int
        /// The row after those of what is in it.
        var next: Int
        /// Its number among the arrays.
        var array: Int?
    }

    /// From its first byte on.
    let text: Data
    /// The outermost value first, and each before what is in it.
    let rows: [Row]
    /// Those that stand in objects only, or alone.
    let arrays: [JSONArray]

    init(_ text: Data, rows: [Row], arrays: [JSONArray]) {
        self.text = text
        self.rows = rows
        self.arrays = arrays
    }
}
