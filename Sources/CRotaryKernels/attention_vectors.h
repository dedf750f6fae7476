// Vectors of one level and element type, and what is done to their lanes; a part of attention_tiles.h.

#define INLINE static inline __attribute__((always_inline))
#define LANES (VECTOR_BYTES / sizeof(SCALAR))
#define WIDTH (2 * LANES)
// Not a power of two, so that the rows of a panel are not all in one set of the cache.
#define STRIDE (attention_tileKeys + 16)
#define SUMMED_KEYS 128
// Rows that are few, see attention_few.h.
#define FEW_ROWS (PANEL_ROWS < 8 ? PANEL_ROWS : 8)

typedef SCALAR NAME(Vector) __attribute__((vector_size(VECTOR_BYTES)));
typedef SCALAR NAME(Loose) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(SCALAR)), may_alias));
typedef BITS NAME(Bits) __attribute__((vector_size(VECTOR_BYTES)));
typedef uint8_t NAME(Bytes) __attribute__((vector_size(LANES)));
#define VECTOR NAME(Vector)

INLINE VECTOR NAME(load)(const SCALAR *place) { return *(const NAME(Loose) *)place; }
INLINE void NAME(store)(SCALAR *place, VECTOR vector) { *(NAME(Loose) *)place = vector; }
INLINE VECTOR NAME(all)(SCALAR value) { return value - (VECTOR){}; }
INLINE VECTOR NAME(choose)(NAME(Bits) which, VECTOR yes, VECTOR no) {
    return (VECTOR)((which & (NAME(Bits))yes) | (~which & (NAME(Bits))no));
}

// Lanes

// Each lane beside the one whose number is its own ^ n.
#if VECTOR_BYTES == 64 && !defined(IS_DOUBLE)
#define BESIDE_8(v) __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)
#define BESIDE_4(v) __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11)
#define BESIDE_2(v) __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)
#define BESIDE_1(v) __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)
#define FOLD(f, v) (v = f(v, BESIDE_8(v)), v = f(v, BESIDE_4(v)), v = f(v, BESIDE_2(v)), v = f(v, BESIDE_1(v)), v[0])
#elif (VECTOR_BYTES == 64 && defined(IS_DOUBLE)) || (VECTOR_BYTES == 32 && !defined(IS_DOUBLE))
#define BESIDE_4(v) __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3)
#define BESIDE_2(v) __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5)
#define BESIDE_1(v) __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6)
#define FOLD(f, v) (v = f(v, BESIDE_4(v)), v = f(v, BESIDE_2(v)), v = f(v, BESIDE_1(v)), v[0])
#elif (VECTOR_BYTES == 32 && defined(IS_DOUBLE)) || (VECTOR_BYTES == 16 && !defined(IS_DOUBLE))
#define BESIDE_2(v) __builtin_shufflevector(v, v, 2, 3, 0, 1)
#define BESIDE_1(v) __builtin_shufflevector(v, v, 1, 0, 3, 2)
#define FOLD(f, v) (v = f(v, BESIDE_2(v)), v = f(v, BESIDE_1(v)), v[0])
#else
#define BESIDE_1(v) __builtin_shufflevector(v, v, 1, 0)
#define FOLD(f, v) (v = f(v, BESIDE_1(v)), v[0])
#endif

INLINE VECTOR NAME(larger)(VECTOR a, VECTOR b) { return NAME(choose)(b > a, b, a); }

typedef double NAME(Doubles) __attribute__((vector_size(LANES * sizeof(double))));
#define ADDED(a, b) ((a) + (b))

// The exponential

// e^x = 2^n · e^r with n = x / ln 2, rounded, and |r| ≤ ln 2 / 2, for x ≤ 0; 0 where 2^n would be less than the smallest normal
// number, and no number stays none. ln 2 is in two parts, of which n times the first is exact.
INLINE VECTOR NAME(exponential)(VECTOR x) {
#ifdef IS_DOUBLE
    const SCALAR least = -709, rounder = 0x1.8p52 + 1023, high = 0x1.62e42fee00000p-1, low = 0x1.a39ef35793c76p-33;
    const int fraction = 52;
    // 1/n!: past 13 they add less than a tenth of a unit in the last place.
    static const SCALAR terms[] = {
        0x1.6124613a86d09p-33, 0x1.1eed8eff8d898p-29, 0x1.ae64567f544e4p-26, 0x1.27e4fb7789f5cp-22, 0x1.71de3a556c734p-19,
        0x1.a01a01a01a01ap-16, 0x1.a01a01a01a01ap-13, 0x1.6c16c16c16c17p-10, 0x1.1111111111111p-7, 0x1.5555555555555p-5,
        0x1.5555555555555p-3, 0x1p-1,
    };
#else
    const SCALAR least = -88, rounder = 0x1.8p23f + 127, high = 0x1.63p-1f, low = -0x1.bd0106p-13f;
    const int fraction = 23;
    // Of the polynomials of this degree the one with the least error, which is 2^−28 of e^r.
    static const SCALAR terms[] = {0x1.6a23cep-10f, 0x1.123a2p-7f, 0x1.5558f2p-5f, 0x1.555492p-3f, 0x1.fffffcp-2f};
#endif
    const SCALAR reciprocal = (SCALAR)1.4426950408889634;
    // Below this n is that of 0. Lane by lane, it is one instruction, of which what is no number comes out.
#pragma clang loop unroll(full)
    for (size_t lane = 0; lane < LANES; lane++) x[lane] = x[lane] < least ? least : x[lane];
    // n stands in the lowest bits of what was rounded, as an exponent is written.
    const VECTOR shifted = FMA(x, NAME(all)(reciprocal), NAME(all)(rounder));
    const VECTOR power = (VECTOR)((NAME(Bits))shifted << fraction), n = shifted - NAME(all)(rounder);
    const VECTOR rest = FMA(n, NAME(all)(-low), FMA(n, NAME(all)(-high), x));
    VECTOR sum = NAME(all)(terms[0]);
#pragma clang loop unroll(full)
    for (size_t term = 1; term < sizeof terms / sizeof *terms; term++) sum = FMA(sum, rest, NAME(all)(terms[term]));
    return FMA(FMA(sum * rest, rest, rest), power, power);
}

void JOIN(exponent, LEVEL, TYPE)(SCALAR *numbers, size_t count) {
    size_t place = 0;
    for (; place + LANES <= count; place += LANES)
        NAME(store)(numbers + place, NAME(exponential)(NAME(load)(numbers + place)));
    SCALAR rest[LANES] = {0};
    memcpy(rest, numbers + place, (count - place) * sizeof(SCALAR));
    NAME(store)(rest, NAME(exponential)(NAME(load)(rest)));
    memcpy(numbers + place, rest, (count - place) * sizeof(SCALAR));
}
