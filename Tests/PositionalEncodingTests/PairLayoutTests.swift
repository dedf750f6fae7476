import PositionalEncoding
import Testing

@Suite struct PairLayoutTests {
    @Test func `interleaved pairs are neighbours`() {
        #expect(
            PairLayout.interleaved.pairs(rotaryDimension: 6) == PairRun(count: 3, first: 0, second: 1, stride: 2))
    }

    @Test func `half pairs are half of the rotary dimension apart`() {
        #expect(PairLayout.half.pairs(rotaryDimension: 6) == PairRun(count: 3, first: 0, second: 3, stride: 1))
    }

    @Test(arguments: PairLayout.allCases) func `every rotated element is in one pair`(layout: PairLayout) {
        let run = layout.pairs(rotaryDimension: 10)
        let places = (0..<run.count).flatMap { pair in
            [run.source.first + pair * run.source.stride, run.source.second + pair * run.source.stride]
        }
        #expect(places.sorted() == Array(0..<10))
        #expect(run.target == run.source)
    }

    @Test func `names are those of the contract`() {
        #expect(PairLayout.allCases.map(\.rawValue) == ["interleaved", "half"])
    }
}
