#include "attention_private.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma"))), apply_to = function)
#define LEVEL avx512
#define VECTOR_BYTES 64
#define PANEL_ROWS 14
#define FMA __builtin_elementwise_fma
#define SCALAR_FMA __builtin_elementwise_fma
#include "attention_level.h"
#pragma clang attribute pop
#endif
