/// One attention, softmax((R q)(R k)ᵀ · scale + mask) v, of which all parts go together.
///
/// A. Vaswani et al., "Attention Is All You Need", arXiv:1706.03762, §3.2.1; grouped queries: J. Ainslie et al.,
/// arXiv:2305.13245.
package struct Attention: Sendable {
    package let shape: AttentionShape
    /// All of one type.
    package let operands: (query: AnyTensor, key: AnyTensor, value: AnyTensor)
    /// R, which turns queries and keys by their positions; nil where they stay as they are. Values are never turned.
    package var rotation: RotaryParameters?
    /// In tokens; nil where neither rotation nor causality asks for them.
    package var positions: (query: Positions, key: Positions)?
    /// The lengths that queries and keys together reach to: of each batch, or one for all; nil without positions.
    package var reaches: [Double]? {
        guard let positions else { return nil }
        let (query, key) = (
            positions.query.reaches(rows: shape.queryLength), positions.key.reaches(rows: shape.keyLength)
        )
        return (0..<max(query.count, key.count)).map { max(query[$0 % query.count], key[$0 % key.count]) }
    }

    /// A query sees keys whose position is at most its own.
    package var isCausal = false

    /// The positions that causality goes by; where a position has axes, the rows' indices, the last query beside the last key.
    var causalPositions: (query: Positions, key: Positions)? {
        guard let rotation, rotation.axes.count > 1 else {
            return positions.map { ($0.query.onOneAxis, $0.key.onOneAxis) }
        }
        return (.consecutive(from: Double(shape.keyLength - shape.queryLength)), .consecutive(from: 0))
    }

    package var mask: AttentionMask?
    package var scale: Double

    /// Throws `AttentionShapeError` where the shapes do not go together. All are of one scalar type.
    package init(query: AnyTensor, key: AnyTensor, value: AnyTensor) throws(AttentionShapeError) {
        shape = try AttentionShape(query: query.shape, key: key.shape, value: value.shape)
        precondition(query.type == key.type && key.type == value.type)
        operands = (query, key, value)
        scale = 1 / Double(shape.dimension).squareRoot()
    }

    /// What an attention gives.
    package struct Result: Sendable, Equatable {
        /// `[…, tq, dv]`; zeros for a query that sees no key.
        package let output: AnyTensor
        /// `[…, tq, tk]`, where asked for: rows that sum to 1, or zeros.
        package let weights: AnyTensor?
    }
}
