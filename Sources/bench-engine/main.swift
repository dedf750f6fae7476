// Times parts of the engine, each alone: swift run -c release bench-engine [subject …]. One JSON object a line.
let subjects: [String: () throws -> Void] = ["attention": AttentionBench.run]
let names = CommandLine.arguments.dropFirst()
for name in names.isEmpty ? subjects.keys.sorted() : Array(names) {
    guard let subject = subjects[name] else { fatalError("no subject \(name); there is \(subjects.keys.sorted())") }
    try subject()
}
