#include "attention_private.h"

size_t CRotaryKernels_attentionScratch(size_t dimension, size_t element_size) {
    // The largest of all levels: keys (a vector pair of 512 bits at least), then what has one size.
    const size_t least = 2 * 64 / element_size * dimension;
    const size_t keys = least > attention_tileElements ? least : attention_tileElements;
    const size_t panel = 14 * (attention_tileKeys + 16), values = attention_tileKeys * 2 * 64 / element_size;
    return (keys + panel + values) * element_size + 16 * (attention_tileKeys + 64)
        + CRotaryKernels_attentionRows * (17 * sizeof(double) + 1) + 9 * 64;
}

#if defined(__x86_64__)
#define ON_LEVEL(level, name, type, ...)                                                                                    \
    switch (level) {                                                                                                        \
    case CRotaryKernels_avx512: CRotaryKernels_##name##_avx512_##type(__VA_ARGS__); break;                                  \
    case CRotaryKernels_avx2: CRotaryKernels_##name##_avx2_##type(__VA_ARGS__); break;                                      \
    default: CRotaryKernels_##name##_baseline_##type(__VA_ARGS__);                                                          \
    }
#else
#define ON_LEVEL(level, name, type, ...) (void)level, CRotaryKernels_##name##_baseline_##type(__VA_ARGS__)
#endif

void CRotaryKernels_attendFloats(
    int level, const struct CRotaryKernels_Attention *attention, size_t first_row, size_t row_count, void *scratch) {
    ON_LEVEL(level, attend, float, attention, first_row, row_count, scratch);
}

void CRotaryKernels_attendDoubles(
    int level, const struct CRotaryKernels_Attention *attention, size_t first_row, size_t row_count, void *scratch) {
    ON_LEVEL(level, attend, double, attention, first_row, row_count, scratch);
}

void CRotaryKernels_powersOfFloats(int level, float *numbers, size_t count) {
    ON_LEVEL(level, powers, float, numbers, count);
}

void CRotaryKernels_powersOfDoubles(int level, double *numbers, size_t count) {
    ON_LEVEL(level, powers, double, numbers, count);
}
