#include "support.h"

bool CNumberKernels_areSupported(void) {
#if CNUMBERKERNELS_AVX512
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("bmi")
        && __builtin_cpu_supports("bmi2");
#else
    return false;
#endif
}
