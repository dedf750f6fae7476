#include "support.h"

#if CNUMBERKERNELS_AVX512
#include <math.h>

// All that float64 has exactly; digits past the point are no more than 32.
static const double powers_of_ten[33] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10,
                                         1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
                                         1e22, NAN,  NAN,  NAN,  NAN,  NAN,  NAN,  NAN,  NAN,  NAN,  NAN};

enum { batch_size = 8 };

// Numbers whose digits are read, and their values not yet.
struct batch {
    // Digits by eights: the lower half of a word has those that come first.
    uint64_t upper_digits[batch_size], lower_digits[batch_size];
    // The digits are the numbers times this.
    double scales[batch_size];
    bool are_negative[batch_size];
};

// Keeps the number that ends at `end`, of `length` bytes; false where it is none that is read here.
//
// All loads end at the number's end or one byte behind it, so that its digits lie at the right, each in its place, whatever
// their number; what is masked off is not read.
AVX512 static inline bool keep(struct batch *batch, size_t index, const uint8_t *end, size_t length) {
    const uint8_t *first = end - length;
    const uint32_t sign = *first == '-';
    first += sign;
    length -= sign;
    if (length > 32) return false;
    // None where the length is 0.
    const uint32_t number = (uint32_t)((uint64_t)UINT32_MAX << (32 - length));
    const __m256i text = _mm256_maskz_loadu_epi8(number, end - 32);
    const uint32_t point = _mm256_mask_cmpeq_epi8_mask(number, text, _mm256_set1_epi8('.'));
    // All where there is no point.
    const uint32_t before_point = ~point & (point - 1);
    const uint32_t whole = number & before_point;
    // What stands behind the point moves to its place, so that a 0 is added at the end.
    const uint32_t fraction = number >> 1 & ~before_point;
    const uint32_t power = 32 - _tzcnt_u32(point);
    const __m256i joined = _mm256_mask_loadu_epi8(_mm256_maskz_mov_epi8(whole, text), fraction, end - 31);
    const __m256i digits = _mm256_maskz_sub_epi8(whole | fraction, joined, _mm256_set1_epi8('0'));
    const uint32_t others = _mm256_cmpgt_epu8_mask(digits, _mm256_set1_epi8(9));
    const bool has_leading_zero = (*first == '0') & ((whole & (whole - 1)) != 0);
    if (others | (whole == 0) | (power == 1) | has_leading_zero) return false;

    const __m256i pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(10 | 1 << 8));
    const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(100 | 1 << 16));
    const __m256i packed = _mm256_packus_epi32(fours, fours);
    const __m256i eights = _mm256_madd_epi16(packed, _mm256_set1_epi32(10000 | 1 << 16));
    _mm_storel_epi64((__m128i *)&batch->upper_digits[index], _mm256_castsi256_si128(eights));
    _mm_storel_epi64((__m128i *)&batch->lower_digits[index], _mm256_extracti128_si256(eights, 1));
    batch->scales[index] = powers_of_ten[power];
    batch->are_negative[index] = sign;
    return true;
}

// Rounds the numbers of a batch, and answers how many there are before the first for which this way is not exact.
AVX512 static inline size_t finish(const struct batch *batch, size_t count, float *values, size_t room) {
    const __m512i upper = _mm512_loadu_si512(batch->upper_digits);
    const __m512i lower = _mm512_loadu_si512(batch->lower_digits);
    // 64 bits hold 19 digits: none of the first eight, and three of the others in the upper word.
    const __mmask8 is_long = _mm512_cmpge_epu64_mask(upper, _mm512_set1_epi64((int64_t)1000 << 32))
        | _mm512_test_epi64_mask(upper, _mm512_set1_epi64(UINT32_MAX));
    const __m512i hundred_million = _mm512_set1_epi64(100000000);
    const __m512i sixteen = _mm512_add_epi64(_mm512_mul_epu32(lower, hundred_million), _mm512_srli_epi64(lower, 32));
    const __m512i more = _mm512_mullo_epi64(_mm512_srli_epi64(upper, 32), _mm512_set1_epi64(10000000000000000));
    const __m512d wide =
        _mm512_div_pd(_mm512_cvtepu64_pd(_mm512_add_epi64(sixteen, more)), _mm512_loadu_pd(batch->scales));
    // Digits and quotient are rounded once each: together the quotient is off by less than 1.5 units of float64, or 3 where a
    // power of two lies between. Unless 4 lead across the middle of two float32, which is a 1 and 28 zeros at the end, the
    // float32 is the nearest.
    const __m512i from_middle = _mm512_and_si512(
        _mm512_add_epi64(_mm512_castpd_si512(wide), _mm512_set1_epi64(4 - (1 << 28))),
        _mm512_set1_epi64((1 << 29) - 1));
    const __mmask8 is_close = _mm512_cmple_epu64_mask(from_middle, _mm512_set1_epi64(8));
    const __mmask8 has_no_scale = _mm512_cmp_pd_mask(wide, wide, _CMP_UNORD_Q);
    const size_t certain = _tzcnt_u32((uint32_t)(is_long | is_close | has_no_scale) | 1u << count);

    const __m256i signs =
        _mm256_slli_epi32(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)batch->are_negative)), 31);
    const __m256i narrow = _mm256_or_si256(_mm256_castps_si256(_mm512_cvtpd_ps(wide)), signs);
    const size_t kept = certain < room ? certain : room;
    _mm256_mask_storeu_epi32(values, (__mmask8)((1u << kept) - 1), narrow);
    return certain;
}

AVX512 struct CNumberKernels_Run CNumberKernels_readFloats(
    const uint8_t *text, size_t length, float *values, size_t room) {
    const __m512i comma = _mm512_set1_epi8(',');
    struct batch batch = {.upper_digits = {0}};
    size_t count = 0, batch_count = 0;
    // Where the next number begins, and those of the batch.
    size_t start = 0, starts[batch_size];
    bool goes_on = true;
    for (size_t block = 0; block < length && goes_on; block += 64) {
        const size_t rest = length - block;
        const __mmask64 readable = rest < 64 ? ((__mmask64)1 << rest) - 1 : UINT64_MAX;
        uint64_t commas = _mm512_mask_cmpeq_epi8_mask(readable, _mm512_maskz_loadu_epi8(readable, text + block), comma);
        for (; commas; commas = _blsr_u64(commas)) {
            const size_t end = block + _tzcnt_u64(commas);
            size_t first = start;
            while (text[first] == ' ' || text[first] == '\n' || text[first] == '\r' || text[first] == '\t') first += 1;
            if (!keep(&batch, batch_count, text + end, end - first)) {
                goes_on = false;
                break;
            }
            starts[batch_count] = start;
            start = end + 1;
            batch_count += 1;
            if (batch_count < batch_size) continue;
            const size_t certain = finish(&batch, batch_size, values, room);
            count += certain;
            if (certain < batch_size) return (struct CNumberKernels_Run){count, starts[certain]};
            const size_t kept = room < batch_size ? room : batch_size;
            values += kept;
            room -= kept;
            batch_count = 0;
        }
    }
    const size_t certain = finish(&batch, batch_count, values, room);
    return (struct CNumberKernels_Run){count + certain, certain < batch_count ? starts[certain] : start};
}

#else

struct CNumberKernels_Run CNumberKernels_readFloats(
    const uint8_t *text, size_t length, float *values, size_t room) {
    (void)text, (void)length, (void)values, (void)room;
    return (struct CNumberKernels_Run){0, 0};
}

#endif
