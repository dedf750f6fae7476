#ifndef CROTARYKERNELS_ROTATE_H
#define CROTARYKERNELS_ROTATE_H

#include "CRotaryKernels.h"
#include "levels.h"

#define ROTATION(name) \
    void name(const struct CRotaryKernels_Turn *turn, const void *source, void *target, const void *cosines, \
              const void *sines)

ROTATION(CRotaryKernels_rotateFloats_baseline);
ROTATION(CRotaryKernels_rotateDoubles_baseline);
#if defined(__x86_64__)
ROTATION(CRotaryKernels_rotateFloats_avx2);
ROTATION(CRotaryKernels_rotateDoubles_avx2);
#endif

#endif
