/// Which keys a query sees: by positions and mask and never by scores, so that it does not matter what a hidden key holds.
struct AttentionSight {
    private let keyLength: Int
    private let mask: AttentionMask?
    /// Of each batch, or one list for all; nil where causality hides no keys.
    private let positions: (query: [[Double]], key: [[Double]])?

    init(_ attention: Attention) {
        let shape = attention.shape
        keyLength = shape.keyLength
        mask = attention.mask
        guard attention.isCausal else {
            positions = nil
            return
        }
        guard let (query, key) = attention.causalPositions else { preconditionFailure("causality goes by positions") }
        positions = (query.lists(length: shape.queryLength), key.lists(length: shape.keyLength))
    }

    /// Replaces `keys` by the indices of those that a query sees, in their order.
    func find(_ keys: inout [Int], batch: Int, head: Int, query: Int) {
        keys.removeAll(keepingCapacity: true)
        if let positions {
            let own = positions.query[min(batch, positions.query.count - 1)][query]
            let others = positions.key[min(batch, positions.key.count - 1)]
            for key in 0..<keyLength where others[key] <= own { keys.append(key) }
        } else {
            keys += 0..<keyLength
        }
        guard let mask else { return }
        let (start, stride) = mask.row(batch: batch, head: head, query: query)
        switch mask.elements {
        case .boolean(let tensor): keys.removeAll { !tensor.elements[start + $0 * stride] }
        case .additive(.float32(let tensor)): keys.removeAll { tensor.elements[start + $0 * stride] == -.infinity }
        case .additive(.float64(let tensor)): keys.removeAll { tensor.elements[start + $0 * stride] == -.infinity }
        }
    }
}
