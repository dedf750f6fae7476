/// Finds the rows of cosines and sines for a list of positions, in the cache where they are worth keeping.
struct RowSource<Scalar: TensorScalar> {
    /// Rows of the sequence, one after the other, whose cosines and sines stand one after the other as well.
    struct Run {
        let rows: RotaryRows<Scalar>
        /// Where in `rows` the first of them is.
        let first: Int
        var count: Int
    }

    private let cache: FrequencyCache
    private let table: FrequencyTable
    private let key: FrequencyTable.Key
    private let direction: RotationDirection

    init(engine: RotaryEngine, parameters: RotaryParameters, direction: RotationDirection) {
        cache = engine.cache
        table = engine.table(for: parameters)
        key = FrequencyTable.Key(parameters)
        self.direction = direction
    }

    /// Runs that cover the positions in their order.
    func runs(for positions: [Double]) -> [Run] {
        var runs: [Run] = []
        var index = 0
        while index < positions.count {
            if let position = Self.cachedPosition(positions[index]) {
                let (block, first) = position.quotientAndRemainder(dividingBy: FrequencyCache.blockLength)
                var count = 1
                while index + count < positions.count, first + count < FrequencyCache.blockLength,
                    positions[index + count] == Double(position + count)
                {
                    count += 1
                }
                runs.append(Run(rows: cachedRows(block: block), first: first, count: count))
                index += count
            } else {
                let end = positions[index...].firstIndex { Self.cachedPosition($0) != nil } ?? positions.count
                let rows = RotaryRows<Scalar>(table, positions: positions[index..<end], direction: direction)
                runs.append(Run(rows: rows, first: 0, count: end - index))
                index = end
            }
        }
        return runs
    }

    /// 0, 1, 2, … are kept; negative and fractional positions are too many to be asked for twice.
    private static func cachedPosition(_ position: Double) -> Int? {
        position >= 0 ? Int(exactly: position) : nil
    }

    private func cachedRows(block: Int) -> RotaryRows<Scalar> {
        let key = FrequencyCache.Key.rows(key, Scalar.type, direction, block: block)
        let value = cache.value(for: key) {
            let first = block * FrequencyCache.blockLength
            let positions = (first..<first + FrequencyCache.blockLength).lazy.map(Double.init)
            return .rows(RotaryRows<Scalar>(table, positions: positions, direction: direction))
        }
        guard case .rows(let any) = value, let rows = any as? RotaryRows<Scalar> else {
            preconditionFailure("a key of rows leads to rows")
        }
        return rows
    }
}
