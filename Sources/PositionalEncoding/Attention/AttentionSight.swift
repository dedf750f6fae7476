/// Which keys a query sees: by positions and mask and never by scores, so that it does not matter what a hidden key holds.
struct AttentionSight {
    private let keyLength: Int
    private let mask: AttentionMask?
    /// By batch, where causality hides keys.
    private let positions: [(query: [Double], key: [Double])]?

    init(_ attention: Attention) {
        let shape = attention.shape
        keyLength = shape.keyLength
        mask = attention.mask
        guard attention.isCausal else {
            positions = nil
            return
        }
        guard let (query, key) = attention.positions else { preconditionFailure("causality goes by positions") }
        positions = (0..<shape.batch).map { batch in
            (query.list(batch: batch, length: shape.queryLength), key.list(batch: batch, length: shape.keyLength))
        }
    }

    /// Replaces `keys` by the indices of those that a query sees, in their order.
    func find(_ keys: inout [Int], batch: Int, head: Int, query: Int) {
        keys.removeAll(keepingCapacity: true)
        if let positions {
            let (own, others) = (positions[batch].query[query], positions[batch].key)
            for key in 0..<keyLength where others[key] <= own { keys.append(key) }
        } else {
            keys += 0..<keyLength
        }
        if let mask {
            let (start, stride) = mask.row(batch: batch, head: head, query: query)
            keys.removeAll { mask.hides(at: start + $0 * stride) }
        }
    }
}
