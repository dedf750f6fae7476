#include "sincos.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

// Cosine and sine after fdlibm (Sun Microsystems, 1993), without branches and with more digits where it rounds: the error is
// below 0.65 ulp instead of 1. Only sums and products are used, each rounded on its own, so that every level gives the same bits.

// Past it the number of quarter turns has more than 20 bits, and its products with parts of 33 bits are no longer exact.
static const double largest = 0x1p20;

// π/2 in parts of 33, 33, 33 and 53 bits.
static const double half_pi_1 = 0x1.921fb544p+0, half_pi_2 = 0x1.0b4611a6p-34, half_pi_3 = 0x1.3198a2ep-69,
                    half_pi_4 = 0x1.b839a252049c1p-104;

struct sum {
    double value, error;
};

// Knuth's: value + error is a + b exactly.
BODY struct sum add(double a, double b) {
    const double value = a + b, of_b = value - a;
    return (struct sum){value, (a - (value - of_b)) + (b - of_b)};
}

// Dekker's: value + error is a·a exactly, of a factor of 2^27 + 1.
BODY struct sum square(double a) {
    const double shifted = a * 0x1.000001p27, high = shifted - (shifted - a), low = a - high, value = a * a;
    return (struct sum){value, ((high * high - value) + 2 * high * low) + low * low};
}

BODY uint64_t bits(double number) {
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

BODY double number(uint64_t bits) {
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

BODY void turn(double angle, double *cosine, double *sine) {
    // Adding 1.5·2^52 rounds to a whole number, whose lowest bits are then those of the sum.
    const double shifted = angle * 0x1.45f306dc9c883p-1 + 0x1.8p52, quarters = shifted - 0x1.8p52;
    // x + rest is the angle less the quarter turns, from −π/4 to π/4: the products with the first three parts are exact, and so is
    // the first difference.
    const struct sum second = add(angle - quarters * half_pi_1, -(quarters * half_pi_2));
    const struct sum third = add(second.value, -(quarters * half_pi_3));
    const double x = third.value, rest = (second.error + third.error) - quarters * half_pi_4;

    const struct sum z = square(x);
    const double z2 = z.value * z.value;
    // sin(x + rest) = x − x³/8 − (x³/24 − x⁵/120 + …) + rest·cos x; the first difference is taken with its error.
    const double x3 = x * z.value;
    const double lower = 8.33333333332248946124e-03 + z.value * -1.98412698298579493134e-04
        + z2 * (2.75573137070700676789e-06 + z.value * -2.50507602534068634195e-08 + z2 * 1.58969099521155010221e-10);
    const double sine_head = x - 0.125 * x3, sine_error = (x - sine_head) - 0.125 * x3;
    const double tail = x3 * (-1.66666666666666324348e-01 + 0.125 + z.value * lower)
        + (rest * (1 - 0.5 * z.value) - 0.125 * (x * z.error));
    // The sum of −0 and 0 is 0.
    const double s = copysign(sine_head + (sine_error + tail), x);
    // cos(x + rest) = 1 − x²/2 + x⁴/24 − … − rest·sin x.
    const double higher = 4.16666666666666019037e-02 + z.value * -1.38888888888741095749e-03
        + z2 * (2.48015872894767294178e-05 + z.value * -2.75573143513906633035e-07
                + z2 * (2.08757232129817482790e-09 + z.value * -1.13596475577881948265e-11));
    const double cosine_head = 1 - 0.5 * z.value, cosine_error = (1 - cosine_head) - 0.5 * z.value;
    const double c = cosine_head + (cosine_error + (z2 * higher - (0.5 * z.error + x * rest)));

    const uint64_t turns = bits(shifted), is_odd = -(turns & 1);
    *sine = number(((bits(s) & ~is_odd) | (bits(c) & is_odd)) ^ (turns & 2) << 62);
    *cosine = number(((bits(c) & ~is_odd) | (bits(s) & is_odd)) ^ ((turns + 1) & 2) << 62);
}

enum { chunk = 64 };

#define DEFINE(Scalar, Name) \
    BODY SINES_AND_COSINES(sines_and_cosines_##Name) { \
        Scalar *const all_cosines = cosines, *const all_sines = sines; \
        for (size_t start = 0; start < count; start += chunk) { \
            const size_t length = count - start < chunk ? count - start : chunk; \
            double cosine[chunk], sine[chunk]; \
            uint64_t is_far = 0; \
            for (size_t place = 0; place < length; place++) { \
                const double angle = angles[start + place]; \
                turn(angle, &cosine[place], &sine[place]); \
                is_far |= !(fabs(angle) <= largest); \
            } \
            for (size_t place = 0; is_far && place < length; place++) { \
                const double angle = angles[start + place]; \
                if (fabs(angle) <= largest) continue; \
                cosine[place] = cos(angle); \
                sine[place] = sin(angle); \
            } \
            for (size_t place = 0; place < length; place++) { \
                all_cosines[start + place] = (Scalar)(cosineFactor * cosine[place]); \
                all_sines[start + place] = (Scalar)(sineFactor * sine[place]); \
            } \
        } \
    }

DEFINE(float, floats)
DEFINE(double, doubles)

#define CALL(Name) sines_and_cosines_##Name(angles, count, cosineFactor, sineFactor, cosines, sines)
SINES_AND_COSINES(CRotaryKernels_sinesAndCosinesFloats_baseline) { CALL(floats); }
SINES_AND_COSINES(CRotaryKernels_sinesAndCosinesDoubles_baseline) { CALL(doubles); }
#if defined(__x86_64__)
AVX2 SINES_AND_COSINES(CRotaryKernels_sinesAndCosinesFloats_avx2) { CALL(floats); }
AVX2 SINES_AND_COSINES(CRotaryKernels_sinesAndCosinesDoubles_avx2) { CALL(doubles); }
AVX512 SINES_AND_COSINES(CRotaryKernels_sinesAndCosinesFloats_avx512) { CALL(floats); }
AVX512 SINES_AND_COSINES(CRotaryKernels_sinesAndCosinesDoubles_avx512) { CALL(doubles); }
#endif
