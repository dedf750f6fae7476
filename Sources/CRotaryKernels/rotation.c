#include "rotate.h"
#include "sincos.h"

const struct CRotaryKernels_Rotation *CRotaryKernels_rotation(int level) {
    static const struct CRotaryKernels_Rotation levels[] = {
        [CRotaryKernels_baseline] = {
            CRotaryKernels_rotateFloats_baseline, CRotaryKernels_rotateDoubles_baseline,
            CRotaryKernels_sinesAndCosinesFloats_baseline, CRotaryKernels_sinesAndCosinesDoubles_baseline,
        },
#if defined(__x86_64__)
        [CRotaryKernels_avx2] = {
            CRotaryKernels_rotateFloats_avx2, CRotaryKernels_rotateDoubles_avx2,
            CRotaryKernels_sinesAndCosinesFloats_avx2, CRotaryKernels_sinesAndCosinesDoubles_avx2,
        },
        // Rotation waits for memory: vectors of 64 bytes were a fifth slower than those of 32.
        [CRotaryKernels_avx512] = {
            CRotaryKernels_rotateFloats_avx2, CRotaryKernels_rotateDoubles_avx2,
            CRotaryKernels_sinesAndCosinesFloats_avx512, CRotaryKernels_sinesAndCosinesDoubles_avx512,
        },
#endif
    };
    return &levels[level];
}
