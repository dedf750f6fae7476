#include "attention_private.h"

#define LEVEL baseline
#define VECTOR_BYTES 16
#define PANEL_ROWS 6
// Every processor has this; few have an instruction for it.
#define FMA(a, b, c) ((a) * (b) + (c))
#define SCALAR_FMA FMA
#include "attention_level.h"
