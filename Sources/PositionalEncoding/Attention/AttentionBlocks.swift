import Synchronization

/// The rows of one attention in blocks, which any thread may compute in any order.
///
/// The query heads that read one key head are neighbours, and so are their rows in memory: G·tq rows of one matrix, of which
/// a block is a run.
struct AttentionBlocks: Sendable {
    struct Block {
        let batch: Int
        let keyHead: Int
        /// Of the rows that read this key head.
        let rows: Range<Int>
    }

    /// Of the query heads that read one key head.
    let rowsOfHead: Int
    private let keyHeads: Int
    private let blocksOfHead: Int
    let count: Int

    /// A block that takes longer would let a cancellation, or a request that waits for a thread, wait for too long: these are
    /// some hundredths of a second.
    private static let mostMultiplyAdds = 1 << 31
    /// Fewer rows are not worth what is made ready for a block.
    private static let fewestRows = 16
    /// With so many blocks a thread, none waits long for the last of another.
    private static let blocksOfThread = 4

    init(_ shape: AttentionShape, mostRows: Int, threads: Int) {
        rowsOfHead = shape.queryHeads / shape.keyHeads * shape.queryLength
        keyHeads = shape.keyHeads
        let heads = shape.batch * shape.keyHeads
        // No product overflows: it is at most that of two tensors' elements, which are in memory.
        let work = shape.keyLength * (shape.dimension + shape.valueDimension)
        let rows = max(Self.fewestRows, min(mostRows, Self.mostMultiplyAdds / work))
        let wanted = threads == 1 ? 1 : (threads * Self.blocksOfThread).dividedUp(by: heads)
        let most = rowsOfHead.dividedUp(by: Self.fewestRows * 4)
        blocksOfHead = max(rowsOfHead.dividedUp(by: rows), min(wanted, most))
        count = heads * blocksOfHead
    }

    /// The last rows of a head come first: with causality they take longest.
    subscript(index: Int) -> Block {
        let (head, place) = index.quotientAndRemainder(dividingBy: blocksOfHead)
        let block = blocksOfHead - 1 - place
        let bounds = (block...block + 1).map { bound in
            // rowsOfHead · bound / blocksOfHead, with no product that overflows.
            rowsOfHead / blocksOfHead * bound + rowsOfHead % blocksOfHead * bound / blocksOfHead
        }
        return Block(batch: head / keyHeads, keyHead: head % keyHeads, rows: bounds[0]..<bounds[1])
    }
}

/// Hands out indices below a count to threads, each once, until it is stopped.
final class IndexSource: Sendable {
    private let next = Atomic<Int>(0)
    private let count: Int

    init(count: Int) {
        self.count = count
    }

    func take() -> Int? {
        let index = next.add(1, ordering: .relaxed).oldValue
        return index < count ? index : nil
    }

    func stop() {
        next.store(count, ordering: .relaxed)
    }
}

extension Int {
    fileprivate func dividedUp(by divisor: Int) -> Int {
        (self - 1) / divisor + 1
    }
}
