/// What requests are read against.
struct RequestContext: Sendable {
    let limits: Limits
    let models: ModelCatalog
    let queries = RecentQueries()
}
