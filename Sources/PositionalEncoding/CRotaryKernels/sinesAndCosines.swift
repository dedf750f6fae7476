import CRotaryKernels

/// Cosines and sines of angles in rad, each times its factor in float64, and rounded to `Scalar`.
///
/// Up to |angle| = 2^20 cosine and sine are within 0.65 ulp of float64, beyond they are the C library's. The corresponding C
/// functions are `sinesAndCosinesFloats` and `sinesAndCosinesDoubles` of `CRotaryKernels_Rotation`; every level gives the same bits.
func sinesAndCosines<Scalar: TensorScalar>(
    of angles: [Double], cosineFactor: Double = 1, sineFactor: Double = 1, _: Scalar.Type = Scalar.self,
    level: Int32 = CRotaryKernels_level()
) -> (cosines: [Scalar], sines: [Scalar]) {
    precondition(level <= CRotaryKernels_highestLevel())
    let kernels = unsafe CRotaryKernels_rotation(level).pointee
    let fill =
        switch Scalar.type {
        case .float32: unsafe kernels.sinesAndCosinesFloats
        case .float64: unsafe kernels.sinesAndCosinesDoubles
        }
    var sines: [Scalar] = []
    let cosines = unsafe [Scalar](unsafeUninitializedCapacity: angles.count) { cosines, cosineCount in
        unsafe sines = [Scalar](unsafeUninitializedCapacity: angles.count) { sines, sineCount in
            unsafe angles.withUnsafeBufferPointer { angles in
                unsafe fill?(
                    angles.baseAddress, angles.count, cosineFactor, sineFactor, cosines.baseAddress, sines.baseAddress)
            }
            sineCount = angles.count
        }
        cosineCount = angles.count
    }
    return (cosines, sines)
}
