extension RowSource {
    /// Takes from the front of the positions those of the next runs, as many as are worth going through all sequences for; as one
    /// run, where `sequences` are so many that its rows are read more than once.
    ///
    /// Memory streams through long stretches of a sequence, and these rows stay in a cache of the processor meanwhile: with 16
    /// at a time, a tensor `[1, 32, 2048, 128]` of float32 took twice as long as with 1024.
    func takeRuns<List: RandomAccessCollection<Double>>(
        from rest: inout List, sequences: Int
    ) -> [Run] where List.SubSequence == List {
        var runs: [Run] = []
        var rows = 0
        while rows < rowsTogether, let run = takeRun(from: &rest) {
            runs.append(run)
            rows += run.count
        }
        return runs.count > 1 && sequences > sequencesTogether ? [Run(joining: runs)] : runs
    }

    private static var bytesTogether: Int { 1 << 19 }

    /// Of 2p numbers each.
    private var rowsTogether: Int { max(1, Self.bytesTogether / (max(1, pairCount) * 2 * Scalar.type.size)) }
}

extension RowSource.Run {
    /// Runs as one, copied to where their rows follow one another, so that the processor foresees which it will need.
    init(joining runs: [Self]) {
        count = runs.reduce(0) { $0 + $1.count }
        first = 0
        rows = RotaryRows(joining: runs)
    }
}

extension RotaryRows {
    fileprivate init(joining runs: [RowSource<Scalar>.Run]) {
        pairCount = runs.first?.rows.pairCount ?? 0
        let count = pairCount * runs.reduce(0) { $0 + $1.count }
        var (cosines, sines): ([Scalar], [Scalar]) = ([], [])
        cosines.reserveCapacity(count)
        sines.reserveCapacity(count)
        for run in runs {
            let used = run.first * pairCount..<(run.first + run.count) * pairCount
            cosines.append(contentsOf: run.rows.cosines[used])
            sines.append(contentsOf: run.rows.sines[used])
        }
        self.cosines = cosines
        self.sines = sines
    }
}
