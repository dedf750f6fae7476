import CNumberKernels
import Glibc

/// Many float32 at once, where the processor can (AVX-512); what the kernels leave is for the code that knows every number.
enum FloatKernels {
    /// How many numbers were read or written, and the length of their text, a comma after each.
    typealias Run = CNumberKernels_Run

    /// `ROPEWALK_SIMD=baseline` turns them off.
    static let areInForce: Bool = {
        let level = unsafe getenv("ROPEWALK_SIMD").map { unsafe String(cString: $0) }
        return level != "baseline" && CNumberKernels_areSupported()
    }()

    /// Reads numbers up to the first that is not as usual; of those past `room`, none is kept.
    @inline(__always)
    static func read(
        _ cursor: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<Float>,
        room: Int
    ) -> Run {
        guard areInForce else { return Run(count: 0, length: 0) }
        return unsafe CNumberKernels_readFloats(cursor, end - cursor, target, room)
    }

    /// Writes numbers up to the first that is not finite. The target has room for `Float.longestText` and a comma for each.
    @inline(__always)
    static func write(_ numbers: UnsafeBufferPointer<Float>, to target: UnsafeMutablePointer<UInt8>) -> Run {
        assert(Float.longestText + 1 >= CNumberKernels_room)
        guard areInForce else { return Run(count: 0, length: 0) }
        return unsafe CNumberKernels_writeFloats(numbers.baseAddress, numbers.count, target)
    }
}
