/// Finds the rows of cosines and sines for positions: in the caller's tables, or in the cache where they are worth keeping.
struct RowSource<Scalar: TensorScalar> {
    /// Rows of the sequence, one after the other, whose cosines and sines stand one after the other as well.
    struct Run {
        let rows: RotaryRows<Scalar>
        /// Where in `rows` the first of them is.
        let first: Int
        let count: Int
    }

    private enum Source {
        case ladder(FrequencyTable)
        case tables(CosineTables)
    }

    private let cache: FrequencyCache
    private let source: Source
    private let direction: RotationDirection

    /// p.
    var pairCount: Int {
        switch source {
        case .ladder(let table): table.inverseFrequencies.count
        case .tables(let tables): tables.pairCount
        }
    }

    /// `length` is that of the sequence in positions.
    init(engine: RotaryEngine, parameters: RotaryParameters, length: Double?, direction: RotationDirection) {
        cache = engine.cache
        if case .tables(let tables) = parameters.substitute {
            source = .tables(tables)
        } else {
            source = .ladder(engine.table(for: FrequencyTable.Key(parameters, length: length)))
        }
        self.direction = direction
    }

    /// A cached block is taken where so many of its rows are wanted one after the other; fewer are cheaper to compute than
    /// a block of which the others may never be asked for.
    private static var fewestRowsOfBlock: Int { 4 }

    /// Takes from the front of the positions those of the next run; nil where there are none.
    func takeRun<List: RandomAccessCollection<Double>>(from rest: inout List) -> Run? where List.SubSequence == List {
        guard let first = rest.first else { return nil }
        guard case .ladder(let table) = source else {
            let few = rest.prefix(FrequencyCache.blockLength)
            rest = rest.dropFirst(few.count)
            return Run(rows: computedRows(at: few), first: 0, count: few.count)
        }
        let block = Self.cachedPosition(first).map { $0 / FrequencyCache.blockLength }
        let run: Run
        if let block, let count = consecutiveRows(of: rest, in: block) {
            run = Run(
                rows: cachedRows(table, block: block), first: Int(first) % FrequencyCache.blockLength, count: count
            )
        } else {
            let few = rest.prefix(block == nil ? FrequencyCache.blockLength : Self.fewestRowsOfBlock)
            run = Run(rows: computedRows(at: few), first: 0, count: few.count)
        }
        rest = rest.dropFirst(run.count)
        return run
    }

    /// The next rows from `row` on of tokens that have a position on each axis.
    func run(of lists: [[Double]], from row: Int) -> Run {
        guard case .ladder(let table) = source else { preconditionFailure("tables have one axis") }
        let end = min(row + FrequencyCache.blockLength, lists[0].count)
        return Run(
            rows: RotaryRows(table, lists: lists, rows: row..<end, direction: direction), first: 0, count: end - row)
    }

    private func computedRows(at positions: some Collection<Double>) -> RotaryRows<Scalar> {
        switch source {
        case .ladder(let table): RotaryRows(table, positions: positions, direction: direction)
        case .tables(let tables): tables.rows(at: positions, direction)
        }
    }

    /// How many positions from the first on follow one another within a block; nil where they are too few for it.
    private func consecutiveRows(of positions: some RandomAccessCollection<Double>, in block: Int) -> Int? {
        let end = (block + 1) * FrequencyCache.blockLength
        var next = positions.first.flatMap(Self.cachedPosition) ?? end
        let first = next
        // As whole numbers: past 2^53 a Double and the next one are equal.
        for position in positions {
            guard next < end, Self.cachedPosition(position) == next else { break }
            next += 1
        }
        let count = next - first
        return count >= min(Self.fewestRowsOfBlock, positions.count) ? count : nil
    }

    /// 0, 1, 2, … are kept; negative and fractional positions are too many to be asked for twice.
    private static func cachedPosition(_ position: Double) -> Int? {
        position >= 0 ? Int(exactly: position) : nil
    }

    private func cachedRows(_ table: FrequencyTable, block: Int) -> RotaryRows<Scalar> {
        let key = FrequencyCache.Key.rows(table.key, Scalar.type, direction, block: block)
        let value = cache.value(for: key) {
            let first = block * FrequencyCache.blockLength
            let positions = (first..<first + FrequencyCache.blockLength).lazy.map(Double.init)
            return FrequencyCache.Value(RotaryRows<Scalar>(table, positions: positions, direction: direction))
        }
        guard let rows: RotaryRows<Scalar> = value.rows() else { preconditionFailure("a key of rows leads to rows") }
        return rows
    }
}
