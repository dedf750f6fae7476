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
    /// 2^x, off by 1.08 units in the last place at most, of numbers ≤ 0; 0 below −126.5.
    package func powers(of numbers: [Float]) -> [Float] {
        var numbers = numbers
        unsafe numbers.withUnsafeMutableBufferPointer {
            unsafe CRotaryKernels_powersOfFloats(rawValue, $0.baseAddress, $0.count)
        }
        return numbers
    }

    /// 2^x, off by 1.15 units in the last place at most, of numbers ≤ 0; 0 below −1022.5.
    package func powers(of numbers: [Double]) -> [Double] {
        var numbers = numbers
        unsafe numbers.withUnsafeMutableBufferPointer {
            unsafe CRotaryKernels_powersOfDoubles(rawValue, $0.baseAddress, $0.count)
        }
        return numbers
    }
}
