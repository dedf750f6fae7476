// Says what the engine costs without HTTP: bench-engine SUBJECT [NUMBER …] prints a line of JSON for each case.
//
//     bench-engine rotation
//     bench-engine causal 1 8 512 128 20
let words = CommandLine.arguments.dropFirst()
let numbers = words.dropFirst().compactMap { Int($0) }
switch words.first {
case "rotation": for comparison in rotationComparisons() { comparison.run() }
case "causal" where numbers.count == 5: try AttentionBench.causal(Array(numbers.prefix(4)), rounds: numbers[4])
case "decode": try AttentionBench.decodeStep()
case "options": try AttentionBench.options()
case "series": try AttentionBench.series()
default: fatalError("there are rotation, causal with a shape and rounds, decode, options and series")
}
