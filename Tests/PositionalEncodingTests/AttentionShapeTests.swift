import PositionalEncoding
import Testing

@Suite struct AttentionShapeTests {
    private func shape(_ query: [Int], _ key: [Int], _ value: [Int]) throws -> AttentionShape {
        try AttentionShape(
            query: #require(TensorShape(query)), key: #require(TensorShape(key)), value: #require(TensorShape(value)))
    }

    @Test(arguments: [
        ([3], [3, 2], [3, 2], AttentionOperand.query),
        ([1, 1, 1, 3, 2], [1, 1, 1, 3, 2], [1, 1, 1, 3, 2], .query),
        ([3, 2], [1, 3, 2], [3, 2], .key),
        ([3, 2], [3, 2], [1, 3, 2], .value),
        ([2, 1, 3, 2], [1, 1, 3, 2], [2, 1, 3, 2], .key),
        ([2, 1, 3, 2], [2, 1, 3, 2], [1, 1, 3, 2], .value),
        ([3, 2], [3, 4], [3, 2], .key),
        ([3, 3, 2], [2, 3, 2], [2, 3, 2], .key),
        ([2, 3, 2], [4, 3, 2], [4, 3, 2], .key),
        ([4, 3, 2], [2, 3, 2], [4, 3, 2], .value),
        ([3, 2], [4, 2], [3, 2], .value),
    ])
    func `shapes that do not go together name the later`(
        _ query: [Int], _ key: [Int], _ value: [Int], _ operand: AttentionOperand
    ) throws {
        let error = #expect(throws: AttentionShapeError.self) { try shape(query, key, value) }
        #expect(error?.operand == operand)
    }

    @Test func `work and answers are counted, and too many do not overflow`() throws {
        let small = try shape([2, 6, 3, 4], [2, 2, 5, 4], [2, 2, 5, 7])
        #expect(small.multiplyAdds == 2 * 6 * 3 * 5 * (4 + 7))
        #expect(small.output?.axes == [2, 6, 3, 7] && small.weights?.axes == [2, 6, 3, 5])
        let large = try shape([1 << 31, 1 << 31], [1 << 31, 1 << 31], [1 << 31, 1])
        #expect(large.multiplyAdds == .max)
        let wide = try shape([1 << 40, 1], [1, 1], [1, 1 << 40])
        #expect(wide.output == nil)
    }

    @Test(arguments: [
        ([5], true), ([1], true), ([3, 5], true), ([1, 1, 1, 5], true), ([2, 4, 3, 5], true), ([4, 1, 1], true),
        ([4], false), ([5, 3], false), ([3, 4, 3, 5], false), ([2, 2, 3, 5], false), ([1, 2, 4, 3, 5], false),
    ])
    func `a mask stretches where an axis is 1 and nowhere else`(_ axes: [Int], _ stretches: Bool) throws {
        let shape = try shape([2, 4, 3, 2], [2, 2, 5, 2], [2, 2, 5, 2])
        let maskShape = try #require(TensorShape(axes))
        let mask = Tensor(shape: maskShape, elements: Array(repeating: true, count: maskShape.count))
        #expect((AttentionMask(.boolean(mask), for: shape) != nil) == stretches)
    }

    @Test func `a mask has no more axes than the query`() throws {
        let mask = Tensor(shape: try #require(TensorShape([1, 1, 1])), elements: [true])
        #expect(AttentionMask(.boolean(mask), for: try shape([3, 2], [3, 2], [3, 2])) == nil)
    }
}
