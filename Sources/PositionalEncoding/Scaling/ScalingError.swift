/// Why a scaling cannot be: the parameter that is to blame, by its name in Hugging Face configs.
package struct ScalingError: Error, Equatable {
    package let parameter: String
    /// Of a list, the element.
    package let index: Int?
    package let reason: String

    init(_ parameter: String, index: Int? = nil, _ reason: String) {
        self.parameter = parameter
        self.index = index
        self.reason = reason
    }

    /// The number, where it and its reciprocal are finite and greater than 0.
    static func positive(_ number: Double, _ parameter: String, index: Int? = nil) throws(ScalingError) -> Double {
        guard number > 0, number.isFinite, (1 / number).isFinite else {
            let text = Int(exactly: number).map(String.init) ?? "\(number)"
            throw ScalingError(
                parameter, index: index,
                "\(parameter) must be greater than 0, and 1/\(parameter) finite; this is \(text)")
        }
        return number
    }
}
