#include "support.h"

#if CNUMBERKERNELS_AVX512
#include "powers_of_ten.h"

// A number's text is a choice of 16 of these bytes: the digits after the first, and from the ninth on the characters below.
enum { first_digit = 8, point, zero_or_power_sign, minus, comma, mark, power_tens, power_ones };

// Forms of a text: with its point after so many digits, from −3 (0.000123) to 8 (12345678), or with an exponent.
enum { least_point = -3, most_point = 8, with_exponent = most_point - least_point + 1, form_count };

// By form, digits that count (1 to 9; 16 to make shifts of products), and sign.
static uint8_t choices[form_count * 32][16];
static uint8_t lengths[form_count * 32];

static size_t digit_at(size_t index) {
    return index == 0 ? first_digit : index - 1;
}

static void choose(int form, size_t count, int is_negative) {
    const size_t row = (size_t)form * 32 + count * 2 + (size_t)is_negative;
    uint8_t *choice = choices[row];
    size_t length = 0;
    if (is_negative) choice[length++] = minus;
    if (form == with_exponent) {
        choice[length++] = first_digit;
        if (count > 1) choice[length++] = point;
        for (size_t digit = 1; digit < count; digit++) choice[length++] = (uint8_t)digit_at(digit);
        choice[length++] = mark;
        choice[length++] = zero_or_power_sign;
        choice[length++] = power_tens;
        choice[length++] = power_ones;
    } else {
        const int whole = form + least_point;
        if (whole <= 0) choice[length++] = zero_or_power_sign;
        for (int digit = 0; digit < whole; digit++) choice[length++] = (uint8_t)digit_at((size_t)digit);
        if ((int)count > whole) choice[length++] = point;
        for (int zero = whole; zero < 0; zero++) choice[length++] = zero_or_power_sign;
        for (int digit = whole > 0 ? whole : 0; digit < (int)count; digit++) {
            choice[length++] = (uint8_t)digit_at((size_t)digit);
        }
    }
    choice[length++] = comma;
    lengths[row] = (uint8_t)length;
}

__attribute__((constructor)) static void fill_choices(void) {
    for (int form = 0; form < form_count; form++) {
        for (size_t count = 1; count <= 9; count++) {
            choose(form, count, 0);
            choose(form, count, 1);
        }
    }
}

// number · the power / 2^64, rounded to odd; the number has 32 bits.
AVX512 static inline __m512i scaled(__m512i number, __m512i power) {
    const __m512i low = _mm512_mul_epu32(number, power);
    const __m512i high = _mm512_mul_epu32(number, _mm512_srli_epi64(power, 32));
    const __m512i sum = _mm512_add_epi64(high, _mm512_srli_epi64(low, 32));
    const __m512i rest = _mm512_and_si512(sum, _mm512_set1_epi64(UINT32_MAX));
    const __mmask8 is_inexact = _mm512_cmpgt_epu64_mask(rest, _mm512_set1_epi64(1));
    const __m512i whole = _mm512_srli_epi64(sum, 32);
    return _mm512_mask_or_epi64(whole, is_inexact, whole, _mm512_set1_epi64(1));
}

AVX512 static inline __m512i times_ten(__m512i number) {
    return _mm512_add_epi64(_mm512_slli_epi64(number, 3), _mm512_slli_epi64(number, 1));
}

// Eight digits, one a byte, the first in the lowest, of numbers below 10^8.
AVX512 static inline __m512i digit_bytes(__m512i number) {
    const __m512i quotient =
        _mm512_srli_epi64(_mm512_mul_epu32(number, _mm512_set1_epi64(0xD1B71759)), 45);
    const __m512i remainder = _mm512_sub_epi64(number, _mm512_mul_epu32(quotient, _mm512_set1_epi64(10000)));
    const __m512i fours = _mm512_or_si512(quotient, _mm512_slli_epi64(remainder, 32));
    const __m512i hundreds = _mm512_srli_epi32(_mm512_mulhi_epu16(fours, _mm512_set1_epi16(10486)), 4);
    const __m512i units = _mm512_sub_epi16(fours, _mm512_mullo_epi16(hundreds, _mm512_set1_epi16(100)));
    const __m512i twos = _mm512_or_si512(hundreds, _mm512_slli_epi32(units, 16));
    const __m512i tens = _mm512_mulhi_epu16(twos, _mm512_set1_epi16(6554));
    const __m512i ones = _mm512_sub_epi16(twos, _mm512_mullo_epi16(tens, _mm512_set1_epi16(10)));
    return _mm512_or_si512(tens, _mm512_slli_epi16(ones, 8));
}

// The shortest digits · 10^exponent of eight patterns without their sign; see ShortestDecimal.swift, which this follows line by
// line, with an uneven interval decided in each lane.
AVX512 static inline __m512i shortest_decimal(__m512i pattern, __m512i *exponent) {
    const __m512i one = _mm512_set1_epi64(1);
    const __m512i fraction = _mm512_and_si512(pattern, _mm512_set1_epi64((1 << 23) - 1));
    const __m512i biased = _mm512_srli_epi64(pattern, 23);
    const __mmask8 is_normal = _mm512_test_epi64_mask(biased, biased);
    const __mmask8 is_uneven =
        _mm512_mask_testn_epi64_mask(_mm512_cmpgt_epi64_mask(biased, one), fraction, fraction);
    const __m512i significand =
        _mm512_mask_or_epi64(fraction, is_normal, fraction, _mm512_set1_epi64(1 << 23));
    const __m512i binary = _mm512_sub_epi64(_mm512_max_epi64(biased, one), _mm512_set1_epi64(127 + 23));

    const __m512i logarithm = _mm512_mul_epi32(binary, _mm512_set1_epi64(1262611));
    *exponent = _mm512_srai_epi64(
        _mm512_mask_sub_epi64(logarithm, is_uneven, logarithm, _mm512_set1_epi64(524031)), 22);
    const __m512i negated = _mm512_sub_epi64(_mm512_setzero_si512(), *exponent);
    const __m512i log2 = _mm512_srai_epi64(_mm512_mul_epi32(negated, _mm512_set1_epi64(1741647)), 19);
    const __m512i scale = _mm512_add_epi64(_mm512_add_epi64(binary, log2), one);
    const __m512i power = _mm512_i64gather_epi64(
        _mm512_sub_epi64(negated, _mm512_set1_epi64(least_power_of_ten)), high_powers_of_ten, 8);

    const __m512i quarters = _mm512_slli_epi64(significand, 2);
    const __m512i open = _mm512_and_si512(significand, one);
    const __m512i two = _mm512_set1_epi64(2);
    const __m512i below = _mm512_mask_sub_epi64(
        _mm512_sub_epi64(quarters, two), is_uneven, quarters, one);
    const __m512i value = scaled(_mm512_sllv_epi64(quarters, scale), power);
    const __m512i lower = _mm512_add_epi64(scaled(_mm512_sllv_epi64(below, scale), power), open);
    const __m512i upper = _mm512_sub_epi64(
        scaled(_mm512_sllv_epi64(_mm512_add_epi64(quarters, two), scale), power), open);

    const __m512i digits = _mm512_srli_epi64(value, 2);
    const __m512i shorter = _mm512_srli_epi64(_mm512_mul_epu32(digits, _mm512_set1_epi64(0xCCCCCCCD)), 35);
    const __m512i shorter_quarters = _mm512_slli_epi64(times_ten(shorter), 2);
    const __mmask8 is_in = _mm512_cmple_epu64_mask(lower, shorter_quarters);
    const __mmask8 next_is_in =
        _mm512_cmple_epu64_mask(_mm512_add_epi64(shorter_quarters, _mm512_set1_epi64(40)), upper);
    const __m512i short_digits = times_ten(_mm512_mask_add_epi64(shorter, next_is_in, shorter, one));
    const __m512i nearest = _mm512_srli_epi64(
        _mm512_add_epi64(_mm512_add_epi64(value, one), _mm512_and_si512(digits, one)), 2);
    const __mmask8 is_excluded =
        _mm512_mask_cmplt_epu64_mask(is_uneven, _mm512_slli_epi64(digits, 2), lower);
    const __m512i long_digits = _mm512_mask_add_epi64(nearest, is_excluded, digits, one);
    const __mmask8 is_short =
        (is_in ^ next_is_in) & _mm512_cmpge_epu64_mask(digits, _mm512_set1_epi64(10));
    return _mm512_mask_mov_epi64(long_digits, is_short, short_digits);
}

// Eight numbers as what is chosen from, two words each, and as rows of `choices`.
struct texts {
    __m512i even, odd, rows;
};

AVX512 static inline struct texts texts_of(__m512i pattern, __mmask8 is_negative) {
    const __m512i one = _mm512_set1_epi64(1);
    const __m512i least_of_nine = _mm512_set1_epi64(100000000);
    const __mmask8 is_zero = _mm512_testn_epi64_mask(pattern, pattern);
    __m512i exponent;
    __m512i digits = shortest_decimal(pattern, &exponent);

    // Nine digits, of which the first is no zero.
    __mmask8 is_less = _mm512_mask_cmplt_epu64_mask((__mmask8)~is_zero, digits, least_of_nine);
    while (is_less) {
        digits = _mm512_mask_mov_epi64(digits, is_less, times_ten(digits));
        exponent = _mm512_mask_sub_epi64(exponent, is_less, exponent, one);
        is_less = _mm512_mask_cmplt_epu64_mask(is_less, digits, least_of_nine);
    }
    const __m512i first = _mm512_srli_epi64(_mm512_mul_epu32(digits, _mm512_set1_epi64(0x55E63B89)), 57);
    const __m512i rest =
        digit_bytes(_mm512_sub_epi64(digits, _mm512_mul_epu32(first, _mm512_set1_epi64(100000000))));
    const __m512i zeros = _mm512_lzcnt_epi64(rest);
    const __m512i count = _mm512_sub_epi64(_mm512_set1_epi64(9), _mm512_srli_epi64(zeros, 3));
    // Digits before the point; of zero, one.
    const __m512i place = _mm512_mask_mov_epi64(
        _mm512_add_epi64(exponent, _mm512_set1_epi64(9)), is_zero, one);

    const __mmask8 has_exponent = _mm512_cmplt_epi64_mask(place, _mm512_set1_epi64(least_point))
        | _mm512_cmpgt_epi64_mask(pattern, _mm512_set1_epi64(0x4B800000));
    const __m512i form = _mm512_mask_mov_epi64(
        _mm512_sub_epi64(place, _mm512_set1_epi64(least_point)), has_exponent, _mm512_set1_epi64(with_exponent));
    const __m512i row = _mm512_add_epi64(_mm512_slli_epi64(form, 5), _mm512_slli_epi64(count, 1));

    const __m512i power = _mm512_sub_epi64(place, one);
    const __m512i size = _mm512_abs_epi64(power);
    const __m512i tens = _mm512_srli_epi64(_mm512_mul_epu32(size, _mm512_set1_epi64(103)), 10);
    const __m512i ones = _mm512_sub_epi64(size, times_ten(tens));
    const __mmask8 is_small = _mm512_movepi64_mask(power);
    __m512i characters = _mm512_set1_epi64(0x3030652C2D302E30);  // 0 . 0 - , e 0 0
    characters = _mm512_add_epi64(characters, first);
    characters = _mm512_mask_add_epi64(
        characters, has_exponent, characters,
        _mm512_mask_mov_epi64(_mm512_set1_epi64((int64_t)('+' - '0') * 65536), is_small,
                              _mm512_set1_epi64((int64_t)('-' - '0') * 65536)));
    characters = _mm512_add_epi64(characters, _mm512_slli_epi64(tens, 48));
    characters = _mm512_add_epi64(characters, _mm512_slli_epi64(ones, 56));
    const __m512i rest_text = _mm512_or_si512(rest, _mm512_set1_epi8('0'));
    return (struct texts){
        .even = _mm512_unpacklo_epi64(rest_text, characters),
        .odd = _mm512_unpackhi_epi64(rest_text, characters),
        .rows = _mm512_mask_add_epi64(row, is_negative, row, one),
    };
}

AVX512 static inline uint8_t *put(uint8_t *target, const __m128i *text, uint64_t row) {
    const __m128i choice = _mm_loadu_si128((const __m128i *)choices[row]);
    _mm_storeu_si128((__m128i *)target, _mm_shuffle_epi8(_mm_load_si128(text), choice));
    return target + lengths[row];
}

AVX512 struct CNumberKernels_Run CNumberKernels_writeFloats(
    const float *values, size_t count, uint8_t *target) {
    uint8_t *end = target;
    for (size_t done = 0; done < count; done += 8) {
        const size_t rest = count - done;
        const __mmask8 given = rest < 8 ? (__mmask8)((1u << rest) - 1) : 0xFF;
        const __m256i bits = _mm256_castps_si256(_mm256_maskz_loadu_ps(given, values + done));
        const __m512i patterns = _mm512_cvtepu32_epi64(_mm256_and_si256(bits, _mm256_set1_epi32(INT32_MAX)));
        if (_mm512_cmpge_epu64_mask(patterns, _mm512_set1_epi64(0x7F800000))) {
            return (struct CNumberKernels_Run){done, (size_t)(end - target)};
        }
        const struct texts texts = texts_of(patterns, _mm256_movepi32_mask(bits));
        __m128i words[2][4] __attribute__((aligned(64)));
        uint64_t rows[8] __attribute__((aligned(64)));
        _mm512_store_si512(words[0], texts.even);
        _mm512_store_si512(words[1], texts.odd);
        _mm512_store_si512(rows, texts.rows);
        for (size_t index = 0; index < (rest < 8 ? rest : 8); index++) {
            end = put(end, &words[index & 1][index >> 1], rows[index]);
        }
    }
    return (struct CNumberKernels_Run){count, (size_t)(end - target)};
}

#else

struct CNumberKernels_Run CNumberKernels_writeFloats(const float *values, size_t count, uint8_t *target) {
    (void)values, (void)count, (void)target;
    return (struct CNumberKernels_Run){0, 0};
}

#endif
