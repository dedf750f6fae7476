// The vector kernels of PositionalEncoding: one table of functions for each level of the processor, of which one is in force.
#ifndef CROTARYKERNELS_H
#define CROTARYKERNELS_H

#include "attention.h"
#include "rotation.h"

/// What of the processor's vector unit is used, from what every processor has to what few have.
enum CRotaryKernels_Level {
    CRotaryKernels_baseline = 0,
    CRotaryKernels_avx2 = 1,
    CRotaryKernels_avx512 = 2,
};

/// The highest level that this processor can run.
int CRotaryKernels_highestLevel(void);

/// The level in force: the highest, or a lower one that `ROPEWALK_SIMD=baseline|avx2|avx512` asks for.
///
/// Settled by the first call, which any thread may make.
int CRotaryKernels_level(void);

#endif
