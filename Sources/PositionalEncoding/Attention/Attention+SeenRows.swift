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
        var visible: [Int] = []
        for batch in 0..<shape.batch {
            for head in 0..<shape.queryHeads {
                let keyHead = batch * shape.keyHeads + head / (shape.queryHeads / shape.keyHeads)
                for row in 0..<shape.queryLength {
                    guard !isCancelled() else { throw CancellationError() }
                    sight.find(&visible, batch: batch, head: head, query: row)
                    query[(batch * shape.queryHeads + head) * shape.queryLength + row] = !visible.isEmpty
                    for index in visible { key[keyHead * shape.keyLength + index] = true }
                }
            }
        }
        return (query, key)
    }
}
