import FoundationEssentials
import Glibc

/// A value that a flag, an environment variable or a default gives, in this order.
///
/// `--max-queue` has the variable `ROPEWALK_MAX_QUEUE`.
struct Setting {
    let flag: String
    let given: String?
    let environment: [String: String]

    /// Throws `Failure` where what is given is no whole number in the range.
    func integer(in range: ClosedRange<Int>, default standard: Int) throws -> Int {
        guard let (text, source) = text else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw failure(text, source, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Throws `Failure` where what is given is no number of seconds.
    func seconds(default standard: Double) throws -> Double {
        guard let (text, source) = text else { return standard }
        guard let number = Double(text), (0...86_400).contains(number) else {
            throw failure(text, source, "a number of seconds from 0 to 86400")
        }
        return number
    }

    /// nil where nothing is given.
    var path: String? { text?.value }

    func string(default standard: String) -> String {
        text?.value ?? standard
    }

    /// One of the values of an enumeration. Throws `Failure` where what is given is none.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(default standard: Choice) throws -> Choice {
        guard let (text, source) = text else { return standard }
        guard let choice = Choice(rawValue: text) else {
            throw failure(text, source, "one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// What is given, and by what.
    private var text: (value: String, source: String)? {
        if let given { return (given, "--\(flag)") }
        var names = ["ROPEWALK_" + flag.uppercased().replacing("-", with: "_")]
        if flag == "port" { names.append("PORT") }
        for name in names {
            guard let value = environment[name], !value.isEmpty else { continue }
            // Kubernetes sets this for a service of our name: an address such as tcp://10.0.0.1:8080, and not a port.
            if name == "ROPEWALK_PORT", value.contains("://") { continue }
            return (value, name)
        }
        return nil
    }

    private func failure(_ text: String, _ source: String, _ expected: String) -> Failure {
        Failure(description: "\(source) must be \(expected); it is \"\(text)\"", code: EX_USAGE)
    }
}
