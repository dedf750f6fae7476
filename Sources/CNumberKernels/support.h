#ifndef CNUMBERKERNELS_SUPPORT_H
#define CNUMBERKERNELS_SUPPORT_H

#include "CNumberKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define CNUMBERKERNELS_AVX512 1
// Functions that are inlined into one another name the same features.
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,bmi,bmi2")))
#endif

#endif
