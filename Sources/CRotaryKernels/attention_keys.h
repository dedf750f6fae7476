// Keys of a tile, laid out so that a vector holds one dimension of many; a part of attention_tiles.h.

// Turns a square of as many rows as a vector has lanes, by shuffling its halves into one another.
INLINE void NAME(transpose)(VECTOR *rows) {
#pragma clang loop unroll(full)
    for (size_t step = 1; step < LANES; step *= 2) {
        VECTOR next[LANES];
#pragma clang loop unroll(full)
        for (size_t row = 0; row < LANES / 2; row++) {
            const VECTOR a = rows[row], b = rows[row + LANES / 2];
#if VECTOR_BYTES == 64 && !defined(IS_DOUBLE)
            next[2 * row] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            next[2 * row + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#elif (VECTOR_BYTES == 64 && defined(IS_DOUBLE)) || (VECTOR_BYTES == 32 && !defined(IS_DOUBLE))
            next[2 * row] = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
            next[2 * row + 1] = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#elif (VECTOR_BYTES == 32 && defined(IS_DOUBLE)) || (VECTOR_BYTES == 16 && !defined(IS_DOUBLE))
            next[2 * row] = __builtin_shufflevector(a, b, 0, 4, 1, 5);
            next[2 * row + 1] = __builtin_shufflevector(a, b, 2, 6, 3, 7);
#else
            next[2 * row] = __builtin_shufflevector(a, b, 0, 2);
            next[2 * row + 1] = __builtin_shufflevector(a, b, 1, 3);
#endif
        }
#pragma clang loop unroll(full)
        for (size_t row = 0; row < LANES; row++) rows[row] = next[row];
    }
}

// Lays out WIDTH keys, of which `count` exist, as [dimension, WIDTH]; the others are zeros.
//
// Keys are read across rows, which no processor foresees: those of the next run are asked for in the order of memory, and so
// are the values of these keys, `value_bytes`, which are wanted soon. With one query, memory is all that this waits for.
static void NAME(lay_out)(
    const SCALAR *keys, size_t count, size_t dimension, SCALAR *target, const char *values, size_t value_bytes) {
    const char *ahead = (const char *)(keys + WIDTH * dimension);
    const size_t squares = WIDTH / LANES * (dimension / LANES);
    const size_t lines = squares ? value_bytes / 64 / squares + 1 : 0;
    for (size_t side = 0; side < WIDTH; side += LANES) {
        size_t column = 0;
        if (count >= side + LANES)
            for (; column + LANES <= dimension; column += LANES) {
                for (size_t line = 0; line < lines; line++, values += 64) __builtin_prefetch(values, 0, 2);
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
