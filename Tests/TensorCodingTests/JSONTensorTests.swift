import PositionalEncoding
import Testing

@testable import TensorCoding

/// What is read; what is refused is in TensorErrorTests.
@Suite struct JSONTensorTests {
    @Test(arguments: ScalarType.allCases) func `nested arrays are read in row-major order`(type: ScalarType) throws {
        let read = try TensorRequest.read(" [ [1, 2,3],\n[4,5,6.5] ] ", as: type)
        #expect(read.form == .nested)
        #expect(read.tensor.shape.axes == [2, 3])
        #expect(read.tensor.numbers == [1, 2, 3, 4, 5, 6.5])
    }

    @Test(arguments: ScalarType.allCases) func `a shape beside flat data is read`(type: ScalarType) throws {
        for text in ["{\"shape\":[2,3],\"data\":[1,2,3,4,5,6.5]}", "{\"data\":[1,2,3,4,5,6.5],\"shape\":[2.0,3e0]}"] {
            let read = try TensorRequest.read(text, as: type)
            #expect(read.form == .flat)
            #expect(read.tensor.shape.axes == [2, 3])
            #expect(read.tensor.numbers == [1, 2, 3, 4, 5, 6.5])
        }
    }

    @Test(arguments: 1...8, ScalarType.allCases) func `ranks 1 to 8 are read and written`(rank: Int, type: ScalarType)
        throws
    {
        // The last two axes are 2 and 3 where there are so many.
        let axes = Array((Array(repeating: 1, count: 6) + [2, 3]).suffix(rank))
        let rows = rank == 1 ? "1,2,3" : "[1,2,3],[4,5,6]"
        let depth = max(1, rank - 1)
        let text = String(repeating: "[", count: depth) + rows + String(repeating: "]", count: depth)
        let nested = try TensorRequest.read(text, as: type)
        #expect(nested.tensor.shape.axes == axes)
        #expect(nested.tensor.numbers == (rank == 1 ? [1, 2, 3] : [1, 2, 3, 4, 5, 6]))
        #expect(try JSONWriter.text(nested) == text)
        let flat = "{\"data\":[\(rank == 1 ? "1,2,3" : "1,2,3,4,5,6")],\"shape\":\(axes.json)}"
        let read = try TensorRequest.read(flat, as: type)
        #expect(read.tensor == nested.tensor)
        #expect(try JSONWriter.text(read) == flat)
    }

    @Test func `as many elements as are allowed are read`() throws {
        #expect(try TensorRequest.read("[[1,2],[3,4]]", maxElements: 4).tensor.shape.count == 4)
        #expect(try TensorRequest.read("{\"shape\":[4],\"data\":[1,2,3,4]}", maxElements: 4).tensor.shape.count == 4)
    }

    // MARK: Numbers

    @Test(
        arguments: [
            // Half of the smallest, 2^−150, and what is next to it.
            ("1e-46", 0.0), ("-1e-46", -0.0), ("7.1e-46", 0x1p-149), ("-7.1e-46", -0x1p-149), ("7e-46", 0),
            ("1e-400", 0),
            ("-1e-400", -0.0), ("0e5", 0), ("-0e5", -0.0), ("-0", -0.0), ("-0.0", -0.0), ("1e-45", 0x1p-149),
            (
                "7.00649232162408535461864791644958065640130970938257885878534141944895541342930300743319094181060791015625e-46",
                0
            ),
            (
                "7.006492321624085354618647916449580656401309709382578858785341419448955413429303007433190941810607910156250001e-46",
                0x1p-149
            ),
            ("1.1754943508222875e-38", 0x1p-126), ("1.4e-45", 0x1p-149),
            // Without going through float64, where 1.5 ulp past 1 would be a tie.
            ("1.00000017881393432617187499", 1 + 0x1p-23), ("1.00000017881393432617187500", 1 + 0x1p-22),
            ("1.00000017881393432617187501", 1 + 0x1p-22), ("1.00000005960464477539062500", 1),
            ("1.00000005960464477539062501", 1 + 0x1p-23), ("16777217", 16_777_216),
            ("16777217.00000000000001", 16_777_218),
            ("0.1", 0x1.99999ap-4),
            // The largest, and the middle between it and what would be the next, 2^128 − 2^103: just below it rounds down.
            ("3.4028235e38", 0x1.fffffep127), ("-3.4028235e38", -0x1.fffffep127),
            ("3.4028235677973366e38", 0x1.fffffep127),
            ("3.40282356779733661637539395458142568447e38", 0x1.fffffep127),
        ] as [(String, Double)])
    func `float32 elements are rounded once`(text: String, value: Double) throws {
        for x in ["[\(text)]", "[[1],[\(text)]]", "{\"shape\":[2],\"data\":[1,\(text)]}"] {
            let read = try TensorRequest.read(x)
            #expect(read.tensor.bits.last == UInt64(Float(value).bitPattern), "\(x): \(read.tensor.numbers)")
        }
        // Beside a number that Foundation refuses, where elements are read one by one.
        let beside = try TensorRequest.read("[1e-46,\(text)]")
        #expect(beside.tensor.bits == [0, UInt64(Float(value).bitPattern)])
    }

    @Test(arguments: [
        "3.4028236e38", "-3.4028236e38", "3.40282356779733661637539395458142568448e38", "1e39",
        "1e300", "-1e308",
    ])
    func `a number past float32 is refused, and float64 takes it`(text: String) throws {
        let nested = try #require(invalidValue { try TensorRequest.read("[[1,2],[3,\(text)]]") })
        #expect(nested.kind == .overflow)
        #expect(nested.pointer.description == "/x/1/1")
        let flat = try #require(invalidValue { try TensorRequest.read("{\"shape\":[2],\"data\":[1,\(text)]}") })
        #expect(flat.kind == .overflow)
        #expect(flat.pointer.description == "/x/data/1")
        #expect(try TensorRequest.read("[\(text)]", as: .float64).tensor.numbers == [try #require(Double(text))])
    }

    @Test func `a number past float64 is refused with its place in both types`() throws {
        for type in ScalarType.allCases {
            let error = try #require(invalidValue { try TensorRequest.read("[[1,2],[3,1e309]]", as: type) })
            #expect(error.kind == .overflow)
            #expect(error.pointer.description == "/x/1/1")
        }
    }

    @Test(
        arguments: [
            ("1e-46", 1e-46), ("1e-400", 0), ("-1e-400", -0.0), ("5e-324", 0x1p-1074), ("-0", -0.0),
            ("0e5", 0), ("1.00000017881393432617187499", 1.00000017881393432617187499), ("1e308", 1e308),
            ("3e-324", 0x1p-1074),
        ] as [(String, Double)])
    func `float64 elements are rounded once`(text: String, value: Double) throws {
        for x in ["[\(text)]", "[[1],[\(text)]]", "{\"shape\":[2],\"data\":[1,\(text)]}"] {
            #expect(try TensorRequest.read(x, as: .float64).tensor.bits.last == value.bitPattern)
        }
    }
}

extension [Int] {
    fileprivate var json: String { "[" + map(String.init).joined(separator: ",") + "]" }
}
