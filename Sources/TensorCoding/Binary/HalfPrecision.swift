/// What the halves of float32 stand for, and the nearest half of a float32: IEEE 754's binary16, and bfloat16.
///
/// By bits and without branches, so that loops over them become vector code on any processor: Swift's own `Float16` calls a
/// function for each number where the compiler may not assume F16C.
enum HalfPrecision {
    /// Exact; NaN keeps its bits.
    @inline(__always) static func float(fromFloat16 half: UInt16) -> Float {
        let magnitude = UInt32(half & 0x7FFF) << 13
        let exponent = magnitude & 0x0F80_0000
        // The exponent's bias is 127 in place of 15, and infinity's 255 in place of 31.
        let normal = magnitude &+ (exponent == 0x0F80_0000 ? 0x7000_0000 : 0x3800_0000)
        // Without the leading one: 2^-14 is added as bits and taken away as a number.
        let smallest = Float(bitPattern: 0x3880_0000)
        let subnormal = (Float(bitPattern: magnitude &+ 0x3880_0000) - smallest).bitPattern
        return Float(bitPattern: (exponent == 0 ? subnormal : normal) | UInt32(half & 0x8000) << 16)
    }

    /// The nearest, of two the even one; past 65 520 infinity. NaN keeps what bits there is room for.
    @inline(__always) static func float16(_ number: Float) -> UInt16 {
        let bits = number.bitPattern
        let magnitude = bits & 0x7FFF_FFFF
        // The ten digits that stay, rounded by what an addition carries.
        let normal = (magnitude &- 0x3800_0000 &+ 0x0FFF &+ (magnitude >> 13 & 1)) >> 13
        // Below 2^-14 the digits that stay are those of a multiple of 2^-24, which the sum with 0.5 ends with.
        let subnormal = (Float(bitPattern: magnitude) + 0.5).bitPattern &- 0x3F00_0000
        let payload = magnitude >> 13 & 0x03FF
        let special = magnitude > 0x7F80_0000 ? 0x7C00 | (payload == 0 ? 0x0200 : payload) : 0x7C00
        let rounded = magnitude < 0x3880_0000 ? subnormal : magnitude >= 0x4780_0000 ? special : normal
        return UInt16(truncatingIfNeeded: rounded | bits >> 16 & 0x8000)
    }

    /// Exact; NaN keeps its bits.
    @inline(__always) static func float(fromBFloat16 half: UInt16) -> Float {
        Float(bitPattern: UInt32(half) << 16)
    }

    /// The nearest, of two the even one. NaN keeps what bits there is room for.
    @inline(__always) static func bfloat16(_ number: Float) -> UInt16 {
        let bits = number.bitPattern
        let rounded = (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16
        let payload = bits >> 16 & 0x007F
        let special = bits >> 16 | (payload == 0 ? 0x0040 : 0)
        return UInt16(truncatingIfNeeded: bits & 0x7FFF_FFFF > 0x7F80_0000 ? special : rounded)
    }
}
