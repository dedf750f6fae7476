extension Attention {
    /// An added mask of so little leaves a key no weight that matters, next to any key that it does not touch.
    private static let hidingBias = -1_000.0

    /// Whether a query sees a key far behind it. `isFar(m, n)` takes the positions of a query and of a key before it, and must
    /// stay true for every earlier key and every later query.
    package func seesKeyBehind(_ isFar: (_ query: Double, _ key: Double) -> Bool) -> Bool {
        seesKey(isBehind: true, isFar)
    }

    /// Whether a query sees a key far ahead of it. `isFar(m, n)` must stay true for every later key and every earlier query.
    package func seesKeyAhead(_ isFar: (_ query: Double, _ key: Double) -> Bool) -> Bool {
        !isCausal && seesKey(isBehind: false, isFar)
    }

    private func seesKey(isBehind: Bool, _ isFar: (_ query: Double, _ key: Double) -> Bool) -> Bool {
        guard let positions = causalPositions else { return false }
        let (queries, keys) = (
            positions.query.lists(length: shape.queryLength), positions.key.lists(length: shape.keyLength)
        )
        for batch in 0..<max(queries.count, keys.count, mask?.batchCount ?? 1) {
            let (queries, keys) = (queries[min(batch, queries.count - 1)], keys[min(batch, keys.count - 1)])
            // Where the query and the key that are farthest apart are near, all are.
            guard let query = isBehind ? queries.max() : queries.min(), let key = isBehind ? keys.min() : keys.max(),
                isFar(query, key)
            else { continue }
            guard let mask else { return true }
            for head in 0..<mask.headCount {
                for row in 0..<mask.rowCount {
                    let query = mask.rowCount == 1 ? query : queries[row]
                    guard isFar(query, key) else { continue }
                    let isSeen = mask.showsKey(
                        of: keys.count, to: row, batch: batch, head: head, above: Self.hidingBias
                    ) {
                        isFar(query, keys[$0])
                    }
                    if isSeen { return true }
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

    /// Whether it lets a query see one of the keys that are asked for, with more than a bias added to the score.
    fileprivate func showsKey(
        of count: Int, to query: Int, batch: Int, head: Int, above bias: Double, _ isAskedFor: (_ key: Int) -> Bool
    ) -> Bool {
        let row = start(batch: batch, head: head) + query * strides[2]
        let step = strides[3]
        return switch elements {
        case .boolean(let tensor):
            tensor.withSpan { span in (0..<count).contains { span[row + $0 * step] && isAskedFor($0) } }
        case .additive(.float32(let tensor)):
            tensor.withSpan { span in (0..<count).contains { span[row + $0 * step] > Float(bias) && isAskedFor($0) } }
        case .additive(.float64(let tensor)):
            tensor.withSpan { span in (0..<count).contains { span[row + $0 * step] > bias && isAskedFor($0) } }
        }
    }
}
