import Testing

@testable import PositionalEncoding

@Suite struct PairLayoutTests {
    @Test func `interleaved pairs are neighbours`() {
        let places = PairLayout.interleaved.places(pairs: 3, start: 4)
        #expect(places == PairRun.Places(first: 4, second: 5, stride: 2))
    }

    @Test func `half pairs are half of the rotary dimension apart`() {
        #expect(PairLayout.half.places(pairs: 3, start: 4) == PairRun.Places(first: 4, second: 7, stride: 1))
    }

    @Test(arguments: PairLayout.allCases) func `every rotated element is in one pair`(layout: PairLayout) {
        let run = PairRun(rotaryDimension: 10, start: 3, from: layout, to: layout)
        let places = (0..<run.count).flatMap { pair in
            let step = pair * run.source.stride
            return [run.source.first + step, run.source.second + step]
        }
        #expect(places.sorted() == Array(3..<13))
        #expect(run.target == run.source)
    }

    @Test func `names are those of the contract`() {
        #expect(PairLayout.allCases.map(\.rawValue) == ["interleaved", "half"])
    }
}
