/// Finds the rows of cosines and sines for a list of positions, in the cache where they are worth keeping.
struct RowSource<Scalar: TensorScalar> {
    /// Rows of the sequence, one after the other, whose cosines and sines stand one after the other as well.
    struct Run {
        let rows: RotaryRows<Scalar>
        /// Where in `rows` the first of them is.
        let first: Int
        let count: Int
    }

    private let cache: FrequencyCache
    private let table: FrequencyTable
    private let key: FrequencyTable.Key
    private let direction: RotationDirection

    /// p.
    var pairCount: Int { table.inverseFrequencies.count }

    /// `length` is that of the sequence in positions.
    init(engine: RotaryEngine, parameters: RotaryParameters, length: Double?, direction: RotationDirection) {
        cache = engine.cache
        table = engine.table(for: parameters, length: length)
        key = FrequencyTable.Key(parameters, length: length)
        self.direction = direction
    }

    /// A cached block is taken where so many of its rows are wanted one after the other; fewer are cheaper to compute than
    /// a block of which the others may never be asked for.
    private static var fewestRowsOfBlock: Int { 4 }

    /// Takes from the front of the positions those of the next run; nil where there are none.
    func takeRun<List: RandomAccessCollection<Double>>(from rest: inout List) -> Run? where List.SubSequence == List {
        guard let first = rest.first else { return nil }
        let block = Self.cachedPosition(first).map { $0 / FrequencyCache.blockLength }
        let run: Run
        if let block, let count = consecutiveRows(of: rest, in: block) {
            run = Run(rows: cachedRows(block: block), first: Int(first) % FrequencyCache.blockLength, count: count)
        } else {
            let few = rest.prefix(block == nil ? FrequencyCache.blockLength : Self.fewestRowsOfBlock)
            run = Run(rows: RotaryRows(table, positions: few, direction: direction), first: 0, count: few.count)
        }
        rest = rest.dropFirst(run.count)
        return run
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
