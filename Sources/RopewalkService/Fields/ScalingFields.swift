import PositionalEncoding

/// A scaling by the keys that it has in a Hugging Face config.
enum ScalingFields {
    static let names = ["rope_type", "factor"]

    /// Throws where the type is not known, or a key is missing, out of range or of another type.
    static func read(_ fields: some Fields) throws -> Scaling {
        guard fields.contains("rope_type") else {
            throw Problem(
                .missingField, at: fields.place(of: "rope_type"), "rope_type is missing; a scaling says which it is")
        }
        let name = try fields.choice("rope_type", of: Scaling.Name.self)
        let factor = try fields.ifGiven("factor", fields.number)
        switch (name, factor) {
        case (.default, nil):
            return .none
        case (.default, .some):
            throw Problem(
                .contradiction, at: fields.place(of: "factor"), "rope_type \"default\" scales nothing and has no factor"
            )
        case (.linear, nil):
            throw Problem(.missingField, at: fields.place(of: "factor"), "rope_type \"linear\" needs a factor")
        case (.linear, .some(let factor)):
            do throws(ScalingError) {
                return .linear(try LinearScaling(factor: factor))
            } catch {
                throw Problem(
                    .outOfRange, at: fields.place(of: "factor"),
                    "factor must be greater than 0, and 1/factor finite; this is \(factor.shortest)")
            }
        }
    }
}
