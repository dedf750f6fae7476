// Scores of a few rows with keys as they are in memory; a part of attention_tiles.h.
//
// Keys are laid out for many panels to share them. Where there is but one of a few rows, as in a decode step, memory is what it
// should wait for: a square of keys is turned in registers, multiplied and forgotten. Sums are the same, in the same order.

// More rows than this are no faster so.
#define FEW_ROWS (PANEL_ROWS < 8 ? PANEL_ROWS : 8)

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
    for (size_t start = 0; start < dimension; start += SUMMED_DIMENSIONS) {
        const size_t end = dimension - start < SUMMED_DIMENSIONS ? dimension : start + SUMMED_DIMENSIONS;
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
