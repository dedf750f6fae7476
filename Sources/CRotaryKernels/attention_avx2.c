#include "attention_private.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LEVEL avx2
#define VECTOR_BYTES 32
#define PANEL_ROWS 6
#define FMA __builtin_elementwise_fma
#define SCALAR_FMA __builtin_elementwise_fma
#include "attention_level.h"
#pragma clang attribute pop
#endif
