extension Attention {
    /// The rows that take part: queries that see a key, of `[b, hq, tq]`, and keys that a query sees, of `[b, hk, tk]`.
    ///
    /// `isCancelled` is asked for each query. Throws `CancellationError` where it says so.
    package func seenRows(
        unless isCancelled: () -> Bool = { false }
    ) throws(CancellationError) -> (query: [Bool], key: [Bool]) {
        let sight = AttentionSight(self)
        var query = Array(repeating: false, count: shape.batch * shape.queryHeads * shape.queryLength)
        var key = Array(repeating: false, count: shape.batch * shape.keyHeads * shape.keyLength)
        for batch in 0..<shape.batch {
            let order = sight.order(batch: batch)
            for head in 0..<shape.queryHeads {
                let keyHead = batch * shape.keyHeads + head / (shape.queryHeads / shape.keyHeads)
                for row in 0..<shape.queryLength {
                    guard !isCancelled() else { throw CancellationError() }
                    for index in 0..<shape.keyLength
                    where order.map({ $0.key[index] <= $0.query[row] }) ?? true
                        && mask?.shows(key: index, to: row, batch: batch, head: head) ?? true
                    {
                        query[(batch * shape.queryHeads + head) * shape.queryLength + row] = true
                        key[keyHead * shape.keyLength + index] = true
                    }
                }
            }
        }
        return (query, key)
    }
}
