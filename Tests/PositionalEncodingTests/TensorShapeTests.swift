import PositionalEncoding
import Testing

@Suite struct TensorShapeTests {
    @Test(arguments: [
        [], [0], [-1], [2, 0], [2, -3], [-2, -3], [Int.max, 3], [Int.max, 2, 2], [1 << 32, 1 << 31],
        [.min], Array(repeating: 1, count: 9), Array(repeating: 256, count: 8),
    ])
    func `axes that are not those of a tensor are refused`(axes: [Int]) {
        #expect(TensorShape(axes) == nil)
    }

    @Test(
        arguments: zip(
            [[1], [Int.max], [Int.max, 1], [1 << 31, 1 << 31], Array(repeating: 2, count: 8), [7, 9, 2]],
            [1, Int.max, Int.max, 1 << 62, 256, 126]))
    func `the count is the product of the axes`(axes: [Int], count: Int) throws {
        let shape = try #require(TensorShape(axes))
        #expect(shape.count == count)
        #expect(shape.rank == axes.count)
        #expect(shape.axes == axes)
    }

    @Test func `the last axis is the dimension and the one before it the sequence`() throws {
        let shape = try #require(TensorShape([2, 3, 5, 8]))
        #expect(shape.dimension == 8)
        #expect(shape.sequenceLength == 5)
        #expect(shape.sequenceCount == 6)
    }

    @Test func `a vector is a sequence of one`() throws {
        let shape = try #require(TensorShape([8]))
        #expect(shape.dimension == 8)
        #expect(shape.sequenceLength == 1)
        #expect(shape.sequenceCount == 1)
    }

    @Test func `indices count in row-major order`() throws {
        let shape = try #require(TensorShape([2, 3, 4]))
        var offset = 0
        for first in 0..<2 {
            for second in 0..<3 {
                for third in 0..<4 {
                    #expect(shape.indices(at: offset) == [first, second, third])
                    offset += 1
                }
            }
        }
    }
}
