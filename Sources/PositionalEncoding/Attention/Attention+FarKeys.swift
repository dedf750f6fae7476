extension Attention {
    /// An added mask of so little leaves a key no weight that matters, next to any key that it does not touch.
    private static let hidingBias = -1_000.0

    /// Whether a query sees a key far behind it. `isFar(m, n)` takes the positions of a query and of a key before it, and must
    /// stay true for every earlier key and every later query.
    package func seesKeyBehind(_ isFar: (_ query: Double, _ key: Double) -> Bool) -> Bool {
        seesKey { queries, keys in
            guard let query = queries.max(), let key = keys.min() else { return false }
            return isFar(query, key)
        }
    }

    /// Whether a query sees a key far ahead of it. `isFar(m, n)` must stay true for every later key and every earlier query.
    package func seesKeyAhead(_ isFar: (_ query: Double, _ key: Double) -> Bool) -> Bool {
        guard !isCausal else { return false }
        return seesKey { queries, keys in
            guard let query = queries.min(), let key = keys.max() else { return false }
            return isFar(query, key)
        }
    }

    /// Asks for the queries that share a row of the mask, and the keys that the row shows.
    private func seesKey(_ isFar: (_ queries: [Double], _ keys: [Double]) -> Bool) -> Bool {
        guard let positions = causalPositions else { return false }
        let (queries, keys) = (
            positions.query.lists(length: shape.queryLength), positions.key.lists(length: shape.keyLength)
        )
        for batch in 0..<max(queries.count, keys.count, mask?.batchCount ?? 1) {
            let (queries, keys) = (queries[min(batch, queries.count - 1)], keys[min(batch, keys.count - 1)])
            guard isFar(queries, keys) else { continue }
            guard let mask else { return true }
            for head in 0..<mask.headCount {
                for row in 0..<mask.rowCount {
                    let shown = keys.indices.filter {
                        mask.shows(key: $0, to: row, batch: batch, head: head, above: Self.hidingBias)
                    }
                    if isFar(mask.rowCount == 1 ? queries : [queries[row]], shown.map { keys[$0] }) { return true }
                }
            }
        }
        return false
    }
}

extension AttentionMask {
    /// How many batches, heads and rows of queries have elements of their own; 1 where one serves all.
    fileprivate var batchCount: Int { count(fromEnd: 4) }
    fileprivate var headCount: Int { count(fromEnd: 3) }
    fileprivate var rowCount: Int { count(fromEnd: 2) }

    private func count(fromEnd place: Int) -> Int {
        let axes = elements.shape.axes
        return axes.count < place ? 1 : axes[axes.count - place]
    }

    /// Whether it lets a query see a key with more than a bias added to the score.
    fileprivate func shows(key: Int, to query: Int, batch: Int, head: Int, above bias: Double) -> Bool {
        let place = start(batch: batch, head: head) + query * strides[2] + key * strides[3]
        return switch elements {
        case .boolean(let tensor): tensor.withSpan { $0[place] }
        case .additive(.float32(let tensor)): tensor.withSpan { $0[place] > Float(bias) }
        case .additive(.float64(let tensor)): tensor.withSpan { $0[place] > bias }
        }
    }
}
