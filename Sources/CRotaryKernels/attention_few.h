// A few rows, with keys and values in the order of memory; a part of attention_tiles.h.
//
// Keys are laid out for many panels to share them. Where there is but one of a few rows, as in a decode step, memory is what it
// should wait for: a square of keys is turned in registers, multiplied and forgotten, and values are read once. Sums are the
// same, in the same order.

// Keys whose values are added in one go, while they are in the first cache.
#define FEW_KEYS 32

INLINE void NAME(add_products)(
    const int rows, const SCALAR *query, size_t dimension, VECTOR column_of_keys, VECTOR *sums) {
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++)
        sums[row] = FMA(NAME(all)(query[row * dimension]), column_of_keys, sums[row]);
}

// Scores of some rows with LANES keys.
//
// Keys are read across rows, which no processor foresees. In the order of memory, as many that come next are asked for into the
// first cache, and what is 16 KiB further into the second: there are fewer places to wait for the first than memory is far.
INLINE void NAME(score_square)(const int rows, const SCALAR *query, const SCALAR *keys, size_t dimension, SCALAR *scores) {
    VECTOR total[FEW_ROWS];
    const char *ahead = (const char *)(keys + LANES * dimension);
    const size_t summed = NAME(summed_dimensions)(dimension);
    for (size_t start = 0; start < dimension; start += summed) {
        const size_t end = dimension - start < summed ? dimension : start + summed;
        VECTOR sums[FEW_ROWS];
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) sums[row] = (VECTOR){};
        size_t column = start;
#pragma clang loop unroll(disable)
        for (; column + LANES <= end; column += LANES) {
            VECTOR square[LANES];
#pragma clang loop unroll(full)
            for (size_t key = 0; key < LANES; key++) square[key] = NAME(load)(keys + key * dimension + column);
            NAME(transpose)(square);
#pragma clang loop unroll(full)
            for (size_t lane = 0; lane < LANES; lane++, ahead += VECTOR_BYTES) {
                if (lane * VECTOR_BYTES % 64 == 0) {
                    __builtin_prefetch(ahead, 0, 3);
                    __builtin_prefetch(ahead + (16 << 10), 0, 2);
                }
                NAME(add_products)(rows, query + column + lane, dimension, square[lane], sums);
            }
        }
        for (; column < end; column++) {
            VECTOR some = {};
            for (size_t key = 0; key < LANES; key++) some[key] = keys[key * dimension + column];
            NAME(add_products)(rows, query + column, dimension, some, sums);
        }
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) total[row] = start ? sums[row] + total[row] : sums[row];
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) NAME(store)(scores + row * STRIDE, total[row]);
}

INLINE void NAME(score_few_rows)(
    const int rows, const SCALAR *query, const SCALAR *keys, size_t dimension, size_t first, size_t end, size_t count,
    SCALAR *scores) {
    for (size_t key = first / LANES * LANES; key < end; key += LANES) {
        // Of the last keys some come twice, where there are no more.
        const size_t place = key + LANES <= count ? key : count - LANES;
        NAME(score_square)(rows, query, keys + place * dimension, dimension, scores + place);
    }
}

// Sets the scores of keys from `first` to `end`, of `count`, which are LANES at least.
__attribute__((noinline)) static void NAME(score_few)(
    size_t rows, const SCALAR *query, const SCALAR *keys, size_t dimension, size_t first, size_t end, size_t count,
    SCALAR *scores) {
#define CASE(n) case n: NAME(score_few_rows)(n, query, keys, dimension, first, end, count, scores); break;
    switch (rows) { EACH_OF_FEW_ROWS(CASE) }
#undef CASE
}

// Adds some columns of values by their weights to what rows have summed of them; as much memory from `ahead` on is asked for into
// the second cache, and where that ends is answered.
INLINE const char *NAME(add_columns)(
    const int rows, const int vectors, const SCALAR *weights, const SCALAR *values, size_t stride, size_t count, SCALAR *sums,
    size_t width, const char *ahead) {
    VECTOR own[FEW_ROWS][4];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++)
#pragma clang loop unroll(full)
        for (int vector = 0; vector < vectors; vector++)
            own[row][vector] = NAME(load)(sums + row * width + vector * LANES);
#pragma clang loop unroll(disable)
    for (size_t key = 0; key < count; key++, values += stride, ahead += vectors * VECTOR_BYTES) {
        VECTOR some[4];
#pragma clang loop unroll(full)
        for (int vector = 0; vector < vectors; vector++) {
            if (vector * VECTOR_BYTES % 64 == 0) __builtin_prefetch(ahead + vector * VECTOR_BYTES, 0, 2);
            some[vector] = NAME(load)(values + vector * LANES);
        }
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            const VECTOR weight = NAME(all)(weights[row * STRIDE + key]);
#pragma clang loop unroll(full)
            for (int vector = 0; vector < vectors; vector++)
                own[row][vector] = FMA(weight, some[vector], own[row][vector]);
        }
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++)
#pragma clang loop unroll(full)
        for (int vector = 0; vector < vectors; vector++)
            NAME(store)(sums + row * width + vector * LANES, own[row][vector]);
    return ahead;
}

INLINE void NAME(add_few_rows)(
    const int rows, const SCALAR *weights, const SCALAR *values, const SCALAR *tail, size_t columns, size_t count,
    SCALAR *sums, size_t width) {
    // As many as there are registers for.
    const int vectors = 4 * rows <= PANEL_ROWS + 2 ? 4 : 2;
    for (size_t key = 0; key < count; key += FEW_KEYS) {
        const size_t some = count - key < FEW_KEYS ? count - key : FEW_KEYS;
        const SCALAR *place = values + key * columns;
        const char *ahead = (const char *)(place + FEW_KEYS * columns);
        size_t column = 0;
        for (; column + vectors * LANES <= columns; column += vectors * LANES)
            ahead = NAME(add_columns)(rows, vectors, weights + key, place + column, columns, some, sums + column, width, ahead);
        for (; column + WIDTH <= columns; column += WIDTH)
            ahead = NAME(add_columns)(rows, 2, weights + key, place + column, columns, some, sums + column, width, ahead);
        if (column < columns)
            NAME(add_columns)(rows, 2, weights + key, tail + key * WIDTH, WIDTH, some, sums + column, width, ahead);
    }
}

// As `add`, with room for what is summed of all columns, up to a whole WIDTH of them.
__attribute__((noinline)) static void NAME(add_few)(
    size_t rows, const SCALAR *weights, const SCALAR *values, const SCALAR *tail, size_t columns, size_t count,
    const SCALAR *factors, SCALAR *output, SCALAR *sums) {
    const size_t width = (columns + WIDTH - 1) / WIDTH * WIDTH;
    memset(sums, 0, rows * width * sizeof(SCALAR));
#define CASE(n) case n: NAME(add_few_rows)(n, weights, values, tail, columns, count, sums, width); break;
    switch (rows) { EACH_OF_FEW_ROWS(CASE) }
#undef CASE
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++) {
            SCALAR *place = output + row * columns + column;
            *place = NAME(scaled)(*place, factors, row) + sums[row * width + column];
        }
}
