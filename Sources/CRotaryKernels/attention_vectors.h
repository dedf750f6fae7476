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

// Dimensions of a score that are summed before they are added to the others: two halves of 128 have two thirds of the error, and
// take no longer.
INLINE size_t NAME(summed_dimensions)(size_t dimension) { return dimension > 64 ? 64 : 32; }

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

typedef double NAME(Doubles) __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double))));
#define ADDED(a, b) ((a) + (b))

// Powers

// 2^x = 2^n · 2^r with n = x, rounded, and |r| ≤ ½, for x ≤ 0; 0 where 2^n would be less than the smallest normal number, and no
// number stays none.
INLINE VECTOR NAME(power)(VECTOR x) {
#ifdef IS_DOUBLE
    const SCALAR least = -1023, rounder = 0x1.8p52 + 1023;
    const int fraction = 52;
    // (ln 2)^n/n!: past 13 they add less than a tenth of a unit in the last place.
    static const SCALAR terms[] = {
        0x1.816193166d0f9p-40, 0x1.c3bd650fc2986p-36, 0x1.e8cac7351bb25p-32, 0x1.e4cf5158b8ecap-28, 0x1.b5253d395e7c4p-24,
        0x1.62c0223a5c824p-20, 0x1.ffcbfc588b0c7p-17, 0x1.430912f86c787p-13, 0x1.5d87fe78a6731p-10, 0x1.3b2ab6fba4e77p-7,
        0x1.c6b08d704a0c0p-5, 0x1.ebfbdff82c58fp-3, 0x1.62e42fefa39efp-1,
    };
#else
    const SCALAR least = -127, rounder = 0x1.8p23f + 127;
    const int fraction = 23;
    // Of the polynomials of this degree the one with the least error, which is 2^−28 of 2^r.
    static const SCALAR terms[] = {
        0x1.416b54p-13f, 0x1.5f082ep-10f, 0x1.3b2dep-7f, 0x1.c6af7cp-5f, 0x1.ebfbdcp-3f, 0x1.62e43p-1f,
    };
#endif
    // Below this n is that of 0. Lane by lane, it is one instruction, of which what is no number comes out.
#pragma clang loop unroll(full)
    for (size_t lane = 0; lane < LANES; lane++) x[lane] = x[lane] < least ? least : x[lane];
    // n stands in the lowest bits of what was rounded, as an exponent is written.
    const VECTOR shifted = x + NAME(all)(rounder), rest = x - (shifted - NAME(all)(rounder));
    const VECTOR power = (VECTOR)((NAME(Bits))shifted << fraction);
    VECTOR sum = NAME(all)(terms[0]);
#pragma clang loop unroll(full)
    for (size_t term = 1; term < sizeof terms / sizeof *terms; term++) sum = FMA(sum, rest, NAME(all)(terms[term]));
    return FMA(sum * rest, power, power);
}

void JOIN(powers, LEVEL, TYPE)(SCALAR *numbers, size_t count) {
    size_t place = 0;
    for (; place + LANES <= count; place += LANES)
        NAME(store)(numbers + place, NAME(power)(NAME(load)(numbers + place)));
    SCALAR rest[LANES] = {0};
    memcpy(rest, numbers + place, (count - place) * sizeof(SCALAR));
    NAME(store)(rest, NAME(power)(NAME(load)(rest)));
    memcpy(numbers + place, rest, (count - place) * sizeof(SCALAR));
}
