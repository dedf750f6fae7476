import Caching
import MicroHTTP

/// The queries that were read last, and the rotary parameters in them: pipelines send one query with many bodies.
final class RecentQueries: Sendable {
    private struct Key: Equatable {
        /// What knows the names: a type of request, and the format of its body.
        let route: ObjectIdentifier
        let format: TensorFormat
        let text: Substring
    }

    private let fields = Recent<Key, QueryFields>()
    private let rotary = Recent<Substring, RotaryFields>()

    /// The fields of a target's query. Throws where it cannot be read, or has a key that is not among the names.
    func fields(
        of target: RequestTarget, for route: Any.Type, _ format: TensorFormat, names: @autoclosure () -> [String]
    ) throws -> QueryFields {
        let key = Key(route: ObjectIdentifier(route), format: format, text: target.query ?? "")
        return try fields.value(for: key) {
            let fields = try QueryFields(target)
            try fields.refuseAll(but: names())
            return fields
        }
    }

    /// The rotary parameters of a query. Throws what reading them throws.
    func rotary(of query: QueryFields, _ models: ModelCatalog) throws -> RotaryFields {
        try rotary.value(for: query.text) { try RotaryFields(query, models, mustNameLayout: true) }
    }
}
