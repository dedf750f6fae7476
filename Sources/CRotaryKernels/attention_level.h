// What a level is to attention_tiles.h: vectors, the rows of a panel, and how numbers are multiplied and added. Each file of a
// level defines VECTOR_BYTES, PANEL_ROWS, FMA, SCALAR_FMA and LEVEL, and includes this.
#define JOINED(name, level, type) CRotaryKernels_##name##_##level##_##type
#define JOIN(name, level, type) JOINED(name, level, type)

#define SCALAR float
#define BITS int32_t
#define TYPE float
#include "attention_tiles.h"
#undef SCALAR
#undef BITS
#undef TYPE

#define SCALAR double
#define BITS int64_t
#define TYPE double
#define IS_DOUBLE 1
#include "attention_tiles.h"
