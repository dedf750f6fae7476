/// What decides which keys a query sees besides the mask: never scores, so that it does not matter what a hidden key holds.
struct AttentionSight: Sendable {
    /// Of each batch, or one list for all; nil where causality hides no keys.
    private let positions: (query: [[Double]], key: [[Double]])?

    init(_ attention: Attention) {
        guard attention.isCausal else {
            positions = nil
            return
        }
        guard let (query, key) = attention.causalPositions else { preconditionFailure("causality goes by positions") }
        positions = (
            query.lists(length: attention.shape.queryLength), key.lists(length: attention.shape.keyLength)
        )
    }

    /// A query sees keys whose number is at most its own: those of a batch's queries and keys; nil where it sees all.
    func order(batch: Int) -> (query: [Double], key: [Double])? {
        guard let positions else { return nil }
        return (
            positions.query[min(batch, positions.query.count - 1)], positions.key[min(batch, positions.key.count - 1)]
        )
    }
}
