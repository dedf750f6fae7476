/// Where the parameters of a rotation come from.
final class RopeSource: Sendable {
    /// What a config did not say and is taken nevertheless; nil without a config.
    let inferred: [String]?
    /// The name of a model in the catalog; nil where none is named.
    let model: String?
    /// That of the scaling, for what turns out when its ladder is made.
    let place: Place

    init(inferred: [String]?, model: String?, place: Place) {
        self.inferred = inferred
        self.model = model
        self.place = place
    }
}
