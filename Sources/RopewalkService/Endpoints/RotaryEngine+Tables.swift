import PositionalEncoding

extension RotaryEngine {
    /// The ladders for sequences whose positions reach to these lengths, or one for all; none where the caller has tables.
    ///
    /// Throws where one has a frequency that float64 does not.
    func tables(for parameters: RotaryParameters, reaching lengths: [Double], from source: RopeSource) throws
        -> [FrequencyTable]
    {
        if case .tables = parameters.substitute { return [] }
        let lengths: [Double?] = parameters.dependsOnLength && !lengths.isEmpty ? lengths : [nil]
        return try lengths.map { length in
            let table = table(for: parameters, length: length)
            guard table.isFinite else {
                throw Problem(
                    .outOfRange, at: source.place,
                    "rope_type \"\(parameters.scaling.name.rawValue)\" leads to a frequency or base that is not finite")
            }
            return table
        }
    }
}
