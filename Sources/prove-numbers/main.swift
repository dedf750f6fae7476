import Glibc

// Says what a number costs, and then proves the codec for every float32: make prove-numbers.
if CommandLine.arguments.dropFirst() == ["time"] {
    NumberTiming.run()
} else if CommandLine.arguments.count == 1 {
    NumberTiming.run()
    exit(FloatProof.run() ? 0 : 1)
} else {
    print("usage: prove-numbers [time]")
    exit(64)
}
