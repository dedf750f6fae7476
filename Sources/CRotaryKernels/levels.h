// How one body is compiled for each level: it is inlined into functions of which each names what the processor has.
#ifndef CROTARYKERNELS_LEVELS_H
#define CROTARYKERNELS_LEVELS_H

#define BODY static inline __attribute__((always_inline))
#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")))
#endif

#endif
