/// Where the parameters of a rotation come from.
struct RopeSource: Sendable {
    /// What a config did not say and is taken nevertheless; nil without a config.
    let inferred: [String]?
    /// That of the scaling, for what turns out when its ladder is made.
    let place: Place
}
