import CRotaryKernels

/// What of the processor's vector unit is used.
package enum VectorLevel: Int32, CaseIterable, Sendable {
    case baseline = 0
    case avx2 = 1
    case avx512 = 2

    /// The highest that this processor can run, or a lower one that `ROPEWALK_SIMD` asks for.
    package static var inForce: VectorLevel { VectorLevel(rawValue: CRotaryKernels_level()) ?? .baseline }

    /// Those that this processor can run.
    package static var available: [VectorLevel] { allCases.filter { $0.rawValue <= CRotaryKernels_highestLevel() } }
}
