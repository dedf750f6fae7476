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

extension VectorLevel {
    /// e^x, off by 1.02 units in the last place at most, of numbers ≤ 0; 0 where it is less than 1.2e-38.
    package func exponentials(_ numbers: [Float]) -> [Float] {
        var numbers = numbers
        unsafe numbers.withUnsafeMutableBufferPointer {
            unsafe CRotaryKernels_exponentFloats(rawValue, $0.baseAddress, $0.count)
        }
        return numbers
    }

    /// e^x, off by 1.02 units in the last place at most, of numbers ≤ 0; 0 where it is less than 2.5e-308.
    package func exponentials(_ numbers: [Double]) -> [Double] {
        var numbers = numbers
        unsafe numbers.withUnsafeMutableBufferPointer {
            unsafe CRotaryKernels_exponentDoubles(rawValue, $0.baseAddress, $0.count)
        }
        return numbers
    }
}
