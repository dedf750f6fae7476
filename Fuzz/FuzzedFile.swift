import FoundationEssentials
import PositionalEncoding
import TensorCoding

/// A binary file that must be read alike wherever it lies in memory, and of which what was read is written and read again.
struct FuzzedFile {
    private let bytes: Data

    init(_ bytes: Data) {
        self.bytes = bytes
    }

    /// What the tests begin with as well.
    static func seeds(_ name: String) throws -> [Data] {
        struct Golden: Decodable {
            struct Case: Decodable { let file: Data }
            let read: [Case]
            let refused: [Case]?
        }
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Tests/TensorCodingTests/Goldens/\(name).json")
        let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: tests))
        let files = (golden.read + (golden.refused ?? [])).map(\.file).filter { $0.count < 4_000 }
        let headerStart = name == "npy" ? 10 : 8
        return files + files.map { $0.dropFirst(headerStart) }
    }

    func checkNPY() {
        // Of a file that begins with its header, the lengths are filled in.
        let magic: [UInt8] = [0x93] + "NUMPY".utf8 + [1, 0]
        let file = completed(end: 0x0A) { magic + [UInt8($0 & 0xFF), UInt8($0 >> 8 & 0xFF)] }
        guard let tensor = read(file, { file throws(TensorFormatError) in try NPYReader.read(file) }) else { return }
        check(tensor)
        guard let type = tensor.form.type.floating, let shape = try? tensor.shape() else { return }
        let again = written(tensor) { try NPYWriter.layout(type, shape) }
        expect((try? NPYReader.read(again)) == tensor, "what was written is read otherwise")
        let raw = written(tensor) { TensorLayout(raw: tensor.form) }
        expect(raw == tensor.bytes, "the bytes are others")
    }

    func checkSafetensors() {
        let file = completed(end: 0) { count in (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } }
        guard let read = read(file, { file throws(TensorFormatError) in try SafetensorsFile(file) }) else { return }
        for tensor in read.tensors { check(tensor.tensor) }
        let again = written(read.tensors, read.metadata)
        guard let reread = try? SafetensorsFile(again) else { fail("what was written is refused") }
        expect(reread.metadata == read.metadata, "metadata are read otherwise")
        expect(reread.tensors.count == read.tensors.count, "there are more or fewer tensors")
        for tensor in read.tensors { expect(reread[tensor.name] == tensor.tensor, "a tensor is read otherwise") }
        expect(written(reread.tensors.reversed(), read.metadata) == again, "equal tensors have other bytes")
    }

    /// With what stands before a header, where the bytes begin with one; it ends before the byte `end`, or with all.
    private func completed(end: UInt8, _ prefix: (Int) -> [UInt8]) -> Data {
        guard bytes.first == UInt8(ascii: "{") else { return bytes }
        let count = bytes.firstIndex(of: end) ?? bytes.count
        return Data(prefix(count)) + bytes.prefix(count) + bytes.dropFirst(count + 1)
    }

    /// nil where it is refused, which it must be alike at another place.
    private func read<Value: Equatable>(
        _ file: Data, _ read: (Data) throws(TensorFormatError) -> Value
    ) -> Value? {
        let moved = (Data([0]) + file).dropFirst()
        let here = Result { () throws(TensorFormatError) in try read(file) }
        let there = Result { () throws(TensorFormatError) in try read(moved) }
        switch (here, there) {
        case (.success(let one), .success(let other)):
            expect(one == other, "the place makes a difference")
            return one
        case (.failure(let one), .failure(let other)):
            expect(one == other, "the place makes a difference to the error: \(one), \(other)")
            expect((1..<1_000).contains(one.detail.utf8.count), "an error is a sentence")
            return nil
        default: fail("the place makes a difference")
        }
    }

    /// Runs all that reads elements.
    private func check(_ tensor: TensorBytes) {
        expect(tensor.bytes.count == tensor.form.byteCount, "the bytes are not those of the form")
        let elements = try? tensor.tensor()
        expect(elements == nil || elements?.shape.count == tensor.form.count, "elements are more or fewer")
        let hasOnlyFinite = elements.map { $0.firstNonFinite == nil } ?? true
        expect(elements == nil || hasOnlyFinite == (tensor.firstNonFinite == nil), "finite or not")
        expect((try? tensor.positions().count) ?? tensor.form.count == tensor.form.count, "positions are more or fewer")
        expect(
            (try? tensor.mask().shape.count) ?? tensor.form.count == tensor.form.count, "a mask is larger or smaller")
        guard let elements, let type = tensor.form.type.floating else { return }
        // Rounded back to the type, elements are bit for bit what they were.
        guard var answer = try? AnswerBuffer(TensorLayout(raw: tensor.form)) else { fail("there is no memory") }
        answer.put(elements, as: 0)
        expect(answer.data() == tensor.bytes, "\(type) is rounded to others")
    }

    private func written(_ tensor: TensorBytes, _ layout: () throws -> TensorLayout) -> Data {
        guard let layout = try? layout(), var answer = try? AnswerBuffer(layout) else { fail("there is no memory") }
        answer.put(tensor, as: 0)
        return answer.data()
    }

    private func written(_ tensors: [SafetensorsFile.NamedTensor], _ metadata: [String: String]) -> Data {
        let forms = tensors.map { ($0.name, $0.tensor.form) }
        guard let layout = try? SafetensorsWriter.layout(forms, metadata: metadata),
            var answer = try? AnswerBuffer(layout)
        else { fail("there is no memory") }
        for (index, tensor) in tensors.enumerated() { answer.put(tensor.tensor, as: index) }
        return answer.data()
    }
}
