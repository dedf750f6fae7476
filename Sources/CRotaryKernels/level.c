#include "CRotaryKernels.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

int CRotaryKernels_highestLevel(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl"))
        return CRotaryKernels_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return CRotaryKernels_avx2;
#endif
    return CRotaryKernels_baseline;
}

static int wanted_level(void) {
    const char *name = getenv("ROPEWALK_SIMD");
    if (name && !strcmp(name, "baseline")) return CRotaryKernels_baseline;
    if (name && !strcmp(name, "avx2")) return CRotaryKernels_avx2;
    return CRotaryKernels_avx512;
}

int CRotaryKernels_level(void) {
    // Threads that come first at once all store the same.
    static _Atomic int known = -1;
    int level = atomic_load_explicit(&known, memory_order_relaxed);
    if (level < 0) {
        const int highest = CRotaryKernels_highestLevel(), wanted = wanted_level();
        level = wanted < highest ? wanted : highest;
        atomic_store_explicit(&known, level, memory_order_relaxed);
    }
    return level;
}
