#ifndef CROTARYKERNELS_SINCOS_H
#define CROTARYKERNELS_SINCOS_H

#include "CRotaryKernels.h"
#include "levels.h"

#define SINES_AND_COSINES(name) \
    void name(const double *angles, size_t count, double cosineFactor, double sineFactor, void *cosines, void *sines)

SINES_AND_COSINES(CRotaryKernels_sinesAndCosinesFloats_baseline);
SINES_AND_COSINES(CRotaryKernels_sinesAndCosinesDoubles_baseline);
#if defined(__x86_64__)
SINES_AND_COSINES(CRotaryKernels_sinesAndCosinesFloats_avx2);
SINES_AND_COSINES(CRotaryKernels_sinesAndCosinesDoubles_avx2);
SINES_AND_COSINES(CRotaryKernels_sinesAndCosinesFloats_avx512);
SINES_AND_COSINES(CRotaryKernels_sinesAndCosinesDoubles_avx512);
#endif

#endif
