import CMicroHTTPD

/// Reads the header fields of a request and refuses what libmicrohttpd 0.9.75 lets through.
///
/// That version lets a proxy and this server disagree about where a request ends: it takes Content-Length beside
/// Transfer-Encoding, glues folded lines to names, cuts values at NUL and drops a line without a name (RFC 9112 §2.2, §5,
/// §6). Its parser writes NUL over each CR, LF and colon and leaves the rest of the block as it came, so a second look finds
/// what it passed over: every byte must belong to a field, in order, up to the end.
@safe struct HeaderReader {
    private let blockEnd: UnsafePointer<CChar>
    /// Where the next field begins if no byte was passed over.
    private var next: UnsafePointer<CChar>
    private var headers = HTTPHeaders()
    private var failure: HTTPFailure?

    /// The header fields. Throws `HTTPFailure.unusableHeader` on what RFC 9112 does not allow.
    ///
    /// `method` and `version` point into the request line: the block begins with the one, the first field follows the other.
    static func read(
        from connection: MHDConnection, method: UnsafePointer<CChar>, version: UnsafePointer<CChar>
    ) throws(HTTPFailure) -> HTTPHeaders {
        let versionText = unsafe String(cString: version)
        var reader = unsafe HeaderReader(
            blockEnd: method + connection.headByteCount, next: version + versionText.utf8.count + 2)
        unsafe withUnsafeMutablePointer(to: &reader) { reader in
            _ = unsafe MHD_get_connection_values_n(
                connection.pointer, .HEADER_KIND,
                { context, _, name, nameSize, value, valueSize in
                    unsafe context?.assumingMemoryBound(to: HeaderReader.self).pointee
                        .take(name: name, nameSize: nameSize, value: value, valueSize: valueSize) ?? .NO
                }, reader)
        }
        if let failure = reader.failure { throw failure }
        guard reader.hasReadAll else { throw .unusableHeader("", reason: "has no name, or its line no CR LF") }
        try check(reader.headers, version: versionText)
        return reader.headers
    }

    private init(blockEnd: UnsafePointer<CChar>, next: UnsafePointer<CChar>) {
        unsafe self.blockEnd = unsafe blockEnd
        unsafe self.next = unsafe next
        headers.reserveCapacity(Self.usualCount)
    }

    /// After the last field stands the empty line, and nothing else.
    private var hasReadAll: Bool {
        unsafe CMicroHTTPD_parses_strictly() || next + 2 == blockEnd
    }

    private mutating func take(
        name: UnsafePointer<CChar>?, nameSize: Int, value: UnsafePointer<CChar>?, valueSize: Int
    ) -> MHD_Result {
        guard let name = unsafe name else { return refuse("", "has no name") }
        // Not a field of the client's.
        if unsafe CMicroHTTPD_is_own_field(name) { return .YES }
        let nameBytes = unsafe UnsafeRawBufferPointer(start: name, count: nameSize)
        let shownName = unsafe String(decoding: nameBytes, as: UTF8.self)
        guard unsafe Self.isToken(nameBytes) else {
            return refuse(shownName, "is not a token")
        }
        guard let value = unsafe value else { return refuse(shownName, "has no value") }
        let valueBytes = unsafe UnsafeRawBufferPointer(start: value, count: valueSize)
        guard unsafe valueBytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            return refuse(shownName, "holds a control character")
        }
        if !CMicroHTTPD_parses_strictly() {
            guard unsafe name == next,
                unsafe isOneLine(nameEnd: name + nameSize, value: value, valueEnd: value + valueSize)
            else {
                return refuse(shownName, "does not end in CR LF, is folded, or holds a NUL")
            }
            unsafe next = unsafe value + valueSize + 2
        }
        let kept = unsafe valueBytes.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { $0 + 1 } ?? 0
        // libmicrohttpd has not understood this coding, and would read the body to the end of the connection.
        if kept < valueBytes.count, !CMicroHTTPD_parses_strictly(), shownName.lowercased() == "transfer-encoding" {
            return refuse(shownName, "has white space behind its value")
        }
        headers.add(
            shownName, unsafe String(decoding: UnsafeRawBufferPointer(rebasing: valueBytes[..<kept]), as: UTF8.self))
        return .YES
    }

    /// Between name and value stand only the NUL that was the colon and white space; after the value, the NULs that were CR LF.
    private func isOneLine(
        nameEnd: UnsafePointer<CChar>, value: UnsafePointer<CChar>, valueEnd: UnsafePointer<CChar>
    ) -> Bool {
        guard unsafe value > nameEnd, unsafe valueEnd + 1 < blockEnd else { return false }
        let gap = unsafe UnsafeBufferPointer(start: nameEnd, count: value - nameEnd)
        return unsafe gap.allSatisfy { $0 == 0 || $0 == 0x20 || $0 == 0x09 } && valueEnd[0] == 0 && valueEnd[1] == 0
    }

    private mutating func refuse(_ name: String, _ reason: String) -> MHD_Result {
        failure = .unusableHeader(name, reason: reason)
        return .NO
    }

    /// Most clients send fewer.
    private static let usualCount = 8

    private static let uniqueNames = ["Content-Length", "Transfer-Encoding", "Content-Type", "Expect"]

    /// What no single field shows: how often a field may come, and that one length is announced, one way (RFC 9112 §3.2, §6).
    private static func check(_ headers: HTTPHeaders, version: String) throws(HTTPFailure) {
        let hosts = headers.count(of: "Host")
        if hosts > 1 || (hosts == 0 && version != "HTTP/1.0") {
            throw .unusableHeader("Host", reason: "must be given once, and is given \(hosts) times")
        }
        for name in uniqueNames where headers.count(of: name) > 1 {
            throw .unusableHeader(name, reason: "is given more than once")
        }
        if let coding = headers["Transfer-Encoding"] {
            if headers["Content-Length"] != nil {
                throw .unusableHeader("Transfer-Encoding", reason: "stands beside Content-Length")
            }
            if version == "HTTP/1.0" {
                throw .unusableHeader("Transfer-Encoding", reason: "does not exist in HTTP/1.0")
            }
            if coding.lowercased() != "chunked" {
                throw .unusableHeader("Transfer-Encoding", reason: "can only be chunked here")
            }
        }
        if let length = headers["Content-Length"],
            length.isEmpty || !length.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        {
            throw .unusableHeader("Content-Length", reason: "is not a number of bytes")
        }
    }

    /// Whether bytes are the name of a field or a method, RFC 9110 §5.6.2.
    static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy(isTokenByte)
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }
}
