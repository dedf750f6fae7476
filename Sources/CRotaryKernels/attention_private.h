#ifndef ATTENTION_PRIVATE_H
#define ATTENTION_PRIVATE_H

#include "CRotaryKernels.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/// Elements of a tile of keys: one of 256 keys and 128 dimensions is half of this, and its values are as many.
enum { attention_tileElements = 65536, attention_tileKeys = 256 };

#define LOG2_E 1.4426950408889634

#define DECLARE_ATTENTION(level)                                                                                            \
    void CRotaryKernels_attend_##level##_float(                                                                             \
        const struct CRotaryKernels_Attention *, size_t, size_t, void *);                                                   \
    void CRotaryKernels_attend_##level##_double(                                                                            \
        const struct CRotaryKernels_Attention *, size_t, size_t, void *);                                                   \
    void CRotaryKernels_powers_##level##_float(float *, size_t);                                                          \
    void CRotaryKernels_powers_##level##_double(double *, size_t);

DECLARE_ATTENTION(baseline)
#if defined(__x86_64__)
DECLARE_ATTENTION(avx2)
DECLARE_ATTENTION(avx512)
#endif

#endif
