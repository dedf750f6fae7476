extension String {
    /// An IPv6 address as it is written in a URL.
    var bracketed: String {
        contains(":") ? "[\(self)]" : self
    }
}
