/// Columns as text: comma-separated values (RFC 4180), or aligned for a terminal.
struct PlainTable {
    let columns: [(name: String, cells: [PairExplanation.Cell])]

    private var rowCount: Int { columns.first?.cells.count ?? 0 }

    /// With all digits.
    var csv: String {
        var text = columns.map(\.name).joined(separator: ",") + "\r\n"
        for row in 0..<rowCount {
            text += columns.map { $0.cells[row].text(\.shortest) }.joined(separator: ",") + "\r\n"
        }
        return text
    }

    /// With six digits.
    var aligned: String {
        let cells = columns.map { column in [column.name] + column.cells.map { $0.text(\.sixDigits) } }
        let widths = cells.map { $0.map(\.count).max() ?? 0 }
        var text = ""
        for row in 0...rowCount {
            let line = zip(cells, widths).map { column, width in
                String(repeating: " ", count: width - column[row].count) + column[row]
            }
            text += line.joined(separator: "  ") + "\n"
        }
        return text
    }
}

extension PairExplanation.Cell {
    fileprivate func text(_ spelling: (Double) -> String) -> String {
        switch self {
        case .number(let number): spelling(number)
        case .word(let word): word
        }
    }
}
