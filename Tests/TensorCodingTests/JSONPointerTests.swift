import Testing

@testable import TensorCoding

@Suite struct JSONPointerTests {
    /// The examples of RFC 6901 §5, and more.
    @Test(
        arguments: zip(
            [
                [], ["foo"], ["foo", "0"], [""], ["a/b"], ["c%d"], ["e^f"], ["g|h"], ["i\\j"], ["k\"l"], [" "], ["m~n"],
                ["~1"],
                ["~/"], ["/~"], ["", ""], ["x", "", "y"], ["é/😀"],
            ],
            [
                "", "/foo", "/foo/0", "/", "/a~1b", "/c%d", "/e^f", "/g|h", "/i\\j", "/k\"l", "/ ", "/m~0n", "/~01",
                "/~0~1",
                "/~1~0", "//", "/x//y", "/é~1😀",
            ]))
    func `steps are escaped as RFC 6901 says`(steps: [String], text: String) {
        #expect(JSONPointer(steps).description == text)
    }

    @Test func `steps are appended at the end`() {
        let x = JSONPointer(["x"])
        #expect(x.appending(3).appending("a/b").description == "/x/3/a~1b")
        #expect(x.description == "/x")
        #expect(JSONPointer().appending("").description == "/")
    }
}
