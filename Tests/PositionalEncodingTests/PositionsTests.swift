import PositionalEncoding
import Testing

@Suite struct PositionsTests {
    private static let limit = 0x1p53

    @Test(arguments: [0, -0.0, 0.5, limit, -limit, limit - 1, .leastNonzeroMagnitude])
    func `a position of at most 2^53 is in bounds`(position: Double) {
        #expect(Positions.isInBounds(position))
    }

    @Test(arguments: [limit.nextUp, -(limit.nextUp), 1e300, .infinity, -.infinity, .nan, -.nan])
    func `a position past 2^53, or that is no number, is out of bounds`(position: Double) throws {
        #expect(!Positions.isInBounds(position))
        #expect(!Positions.shared([0, position]).fit(try shape([2, 4])))
        #expect(!Positions.perBatch([[0], [position]]).fit(try shape([2, 1, 4])))
        #expect(!Positions.consecutive(from: position).fit(try shape([1, 4])))
    }

    @Test func `consecutive positions are in bounds from the first to the last`() throws {
        let five = try shape([5, 4])
        #expect(Positions.consecutive(from: Self.limit - 4).fit(five))
        #expect(!Positions.consecutive(from: Self.limit - 3).fit(try shape([6, 4])))
        #expect(Positions.consecutive(from: -Self.limit).fit(five))
        #expect(Positions.consecutive(from: Self.limit).fit(try shape([4])))
    }

    @Test(arguments: [0, 1, 2, 3] as [Double])
    func `consecutive positions that end at 2^53 + 1 or later do not fit`(back: Double) throws {
        // The last is 2^53 + 1, which float64 does not have: a sum rounds it to 2^53.
        #expect(!Positions.consecutive(from: Self.limit - back).fit(try shape([Int(back) + 2, 4])))
        #expect(!Positions.consecutive(from: Self.limit - back).fit(try shape([Int(back) + 3, 4])))
    }

    @Test func `a shared list has one position for each row`() throws {
        #expect(Positions.shared([1, 2, 3]).fit(try shape([3, 4])))
        #expect(Positions.shared([1, 2, 3]).fit(try shape([7, 3, 4])))
        #expect(Positions.shared([1]).fit(try shape([4])))
        for count in [0, 1, 2, 4] {
            #expect(!Positions.shared(Array(repeating: 1, count: count)).fit(try shape([3, 4])))
        }
        #expect(!Positions.shared([]).fit(try shape([4])))
        #expect(!Positions.shared([1, 2]).fit(try shape([4])))
    }

    @Test func `lists for batches are one for each index of the first axis`() throws {
        #expect(Positions.perBatch([[1, 2], [3, 4]]).fit(try shape([2, 2, 4])))
        #expect(Positions.perBatch([[1, 2], [3, 4]]).fit(try shape([2, 5, 2, 4])))
        #expect(!Positions.perBatch([[1, 2]]).fit(try shape([2, 2, 4])))
        #expect(!Positions.perBatch([[1, 2], [3, 4], [5, 6]]).fit(try shape([2, 2, 4])))
        #expect(!Positions.perBatch([[1, 2], [3]]).fit(try shape([2, 2, 4])))
        #expect(!Positions.perBatch([]).fit(try shape([2, 2, 4])))
    }

    @Test func `there is no batch below rank 3`() throws {
        #expect(!Positions.perBatch([[1], [2]]).fit(try shape([2, 1])))
        #expect(!Positions.perBatch([[1, 2], [3, 4]]).fit(try shape([2, 4])))
        #expect(!Positions.perBatch([[1]]).fit(try shape([1])))
    }

    private func shape(_ axes: [Int]) throws -> TensorShape {
        try #require(TensorShape(axes))
    }
}
