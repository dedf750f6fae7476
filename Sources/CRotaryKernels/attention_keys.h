// Keys of a tile, laid out so that a vector holds one dimension of many; a part of attention_tiles.h.

// Halves of 16 bytes of two vectors in turn: elements, pairs of them, and the 16 bytes themselves. All are float for this.
typedef float NAME(Parts) __attribute__((vector_size(VECTOR_BYTES)));
#define PARTS(a, b, ...) ((VECTOR)__builtin_shufflevector((NAME(Parts))(a), (NAME(Parts))(b), __VA_ARGS__))
#if VECTOR_BYTES == 64
#define LOW(a, b) PARTS(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define HIGH(a, b) PARTS(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define LOW_PAIRS(a, b) PARTS(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define HIGH_PAIRS(a, b) PARTS(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define EVEN(a, b) PARTS(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
#define ODD(a, b) PARTS(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31)
#elif VECTOR_BYTES == 32
#define LOW(a, b) PARTS(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(a, b) PARTS(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW_PAIRS(a, b) PARTS(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_PAIRS(a, b) PARTS(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define EVEN(a, b) PARTS(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define ODD(a, b) PARTS(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
#else
#define LOW(a, b) PARTS(a, b, 0, 4, 1, 5)
#define HIGH(a, b) PARTS(a, b, 2, 6, 3, 7)
#define LOW_PAIRS(a, b) PARTS(a, b, 0, 1, 4, 5)
#define HIGH_PAIRS(a, b) PARTS(a, b, 2, 3, 6, 7)
#endif

// Turns a square of as many rows as a vector has lanes: first what stands in the same 16 bytes, which costs least, then those.
INLINE void NAME(transpose)(VECTOR *rows) {
    enum { group = 16 / sizeof(SCALAR), groups = VECTOR_BYTES / 16 };
#pragma clang loop unroll(full)
    for (size_t first = 0; first < LANES; first += group) {
        VECTOR *own = rows + first;
#ifdef IS_DOUBLE
        const VECTOR a = own[0], b = own[1];
        own[0] = LOW_PAIRS(a, b);
        own[1] = HIGH_PAIRS(a, b);
#else
        const VECTOR a = LOW(own[0], own[1]), b = HIGH(own[0], own[1]), c = LOW(own[2], own[3]), d = HIGH(own[2], own[3]);
        own[0] = LOW_PAIRS(a, c);
        own[1] = HIGH_PAIRS(a, c);
        own[2] = LOW_PAIRS(b, d);
        own[3] = HIGH_PAIRS(b, d);
#endif
    }
#pragma clang loop unroll(full)
    for (size_t column = 0; column < group; column++) {
        VECTOR *own = rows + column;
        (void)own;
#if VECTOR_BYTES == 64
        const VECTOR a = EVEN(own[0], own[group]), b = ODD(own[0], own[group]);
        const VECTOR c = EVEN(own[2 * group], own[3 * group]), d = ODD(own[2 * group], own[3 * group]);
        own[0] = EVEN(a, c);
        own[group] = EVEN(b, d);
        own[2 * group] = ODD(a, c);
        own[3 * group] = ODD(b, d);
#elif VECTOR_BYTES == 32
        const VECTOR a = own[0], b = own[group];
        own[0] = EVEN(a, b);
        own[group] = ODD(a, b);
#endif
    }
}

// Lays out WIDTH keys, of which `count` exist, as [dimension, WIDTH]; the others are zeros.
//
// Keys are read across rows, which no processor foresees: those of the next run are asked for in the order of memory.
static void NAME(lay_out)(const SCALAR *keys, size_t count, size_t dimension, SCALAR *target) {
    const char *ahead = (const char *)(keys + WIDTH * dimension);
    for (size_t side = 0; side < WIDTH; side += LANES) {
        size_t column = 0;
        if (count >= side + LANES)
            for (; column + LANES <= dimension; column += LANES) {
                VECTOR rows[LANES];
                const SCALAR *place = keys + side * dimension + column;
#pragma clang loop unroll(full)
                for (size_t row = 0; row < LANES; row++, place += dimension, ahead += VECTOR_BYTES) {
                    rows[row] = NAME(load)(place);
                    if (VECTOR_BYTES == 64 || row * VECTOR_BYTES % 64 == 0) __builtin_prefetch(ahead, 0, 2);
                }
                NAME(transpose)(rows);
#pragma clang loop unroll(full)
                for (size_t row = 0; row < LANES; row++) NAME(store)(target + (column + row) * WIDTH + side, rows[row]);
            }
        for (; column < dimension; column++)
            for (size_t lane = 0; lane < LANES; lane++)
                target[column * WIDTH + side + lane] = side + lane < count ? keys[(side + lane) * dimension + column] : 0;
    }
}
