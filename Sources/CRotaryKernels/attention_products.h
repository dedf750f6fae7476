// Products of a panel of rows with what is laid out in vectors; a part of attention_tiles.h.

// Σ a·b of some rows of a with two vectors of columns of b, of which there is one term at least.
//
// The first product sets the sums: to clear so many registers took longer than it takes.
INLINE void NAME(multiply)(
    const int rows, const SCALAR *a, size_t a_stride, const SCALAR *b, size_t stride, size_t count, VECTOR (*sums)[2]) {
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        const VECTOR factor = NAME(all)(a[row * a_stride]);
        sums[row][0] = factor * NAME(load)(b);
        sums[row][1] = factor * NAME(load)(b + LANES);
    }
    b += stride;
#pragma clang loop unroll(disable)
    for (size_t term = 1; term < count; term++, b += stride) {
        const VECTOR left = NAME(load)(b), right = NAME(load)(b + LANES);
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            const VECTOR factor = NAME(all)(a[row * a_stride + term]);
            sums[row][0] = FMA(factor, left, sums[row][0]);
            sums[row][1] = FMA(factor, right, sums[row][1]);
        }
    }
}

// Scores of a panel and keys that are laid out in runs of WIDTH, of some dimensions: set, or added to those of the dimensions
// before.
INLINE void NAME(score_rows)(
    const int rows, const SCALAR *query, size_t dimension, const SCALAR *keys, size_t run_length, size_t runs, size_t count,
    bool adds, SCALAR *scores) {
    for (size_t run = 0; run < runs; run++) {
        VECTOR sums[PANEL_ROWS][2];
        NAME(multiply)(rows, query, dimension, keys + run * run_length, WIDTH, count, sums);
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            SCALAR *place = scores + row * STRIDE + run * WIDTH;
            if (adds) {
                sums[row][0] += NAME(load)(place);
                sums[row][1] += NAME(load)(place + LANES);
            }
            NAME(store)(place, sums[row][0]);
            NAME(store)(place + LANES, sums[row][1]);
        }
    }
}

// What a row has summed, scaled where there are factors.
INLINE SCALAR NAME(scaled)(SCALAR sum, const SCALAR *factors, size_t row) { return factors ? sum * factors[row] : sum; }

// Scales what rows have summed of some columns, where there are factors, and adds values by their weights; `tail` is past the last
// whole WIDTH. What is scaled is rounded before the sum, so that nothing but the sign of a 0 changes where the sum is 0.
INLINE void NAME(add_rows)(
    const int rows, const SCALAR *weights, const SCALAR *values, const SCALAR *tail, size_t columns, size_t count,
    const SCALAR *factors, SCALAR *output) {
    const size_t whole = columns / WIDTH * WIDTH;
    VECTOR sums[PANEL_ROWS][2];
    for (size_t column = 0; column < whole; column += WIDTH) {
        NAME(multiply)(rows, weights, STRIDE, values + column, columns, count, sums);
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            SCALAR *place = output + row * columns + column;
            VECTOR left = NAME(load)(place), right = NAME(load)(place + LANES);
            if (factors) {
                left *= NAME(all)(factors[row]);
                right *= NAME(all)(factors[row]);
            }
            NAME(store)(place, left + sums[row][0]);
            NAME(store)(place + LANES, right + sums[row][1]);
        }
    }
    if (whole == columns) return;
    NAME(multiply)(rows, weights, STRIDE, tail, WIDTH, count, sums);
    SCALAR rest[PANEL_ROWS][WIDTH];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        NAME(store)(rest[row], sums[row][0]);
        NAME(store)(rest[row] + LANES, sums[row][1]);
    }
    for (int row = 0; row < rows; row++)
        for (size_t column = whole; column < columns; column++) {
            SCALAR *place = output + row * columns + column;
            *place = NAME(scaled)(*place, factors, row) + rest[row][column - whole];
        }
}

#if PANEL_ROWS == 14
#define EACH_OF_FEW_ROWS(f) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8)
#define EACH_ROW_COUNT(f) EACH_OF_FEW_ROWS(f) f(9) f(10) f(11) f(12) f(13) f(14)
#else
#define EACH_OF_FEW_ROWS(f) f(1) f(2) f(3) f(4) f(5) f(6)
#define EACH_ROW_COUNT EACH_OF_FEW_ROWS
#endif

__attribute__((noinline)) static void NAME(score)(
    size_t rows, const SCALAR *query, size_t dimension, const SCALAR *keys, size_t run_length, size_t runs, size_t count,
    bool adds, SCALAR *scores) {
#define CASE(n) case n: NAME(score_rows)(n, query, dimension, keys, run_length, runs, count, adds, scores); break;
    switch (rows) { EACH_ROW_COUNT(CASE) }
#undef CASE
}

__attribute__((noinline)) static void NAME(add)(
    size_t rows, const SCALAR *weights, const SCALAR *values, const SCALAR *tail, size_t columns, size_t count,
    const SCALAR *factors, SCALAR *output) {
#define CASE(n) case n: NAME(add_rows)(n, weights, values, tail, columns, count, factors, output); break;
    switch (rows) { EACH_ROW_COUNT(CASE) }
#undef CASE
}

// The same for rows that do not all see all keys, where values of hidden ones are not finite: 0 times them is no 0.
static void NAME(add_seen)(
    size_t rows, const SCALAR *weights, const uint8_t *seen, const SCALAR *values, size_t columns, size_t count,
    const SCALAR *factors, SCALAR *output) {
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column += WIDTH) {
            const size_t width = columns - column < WIDTH ? columns - column : WIDTH;
            SCALAR sums[WIDTH] = {0};
            for (size_t key = 0; key < count; key++) {
                if (!seen[row * STRIDE + key]) continue;
                for (size_t lane = 0; lane < width; lane++)
                    sums[lane] = SCALAR_FMA(weights[row * STRIDE + key], values[key * columns + column + lane], sums[lane]);
            }
            SCALAR *place = output + row * columns + column;
            for (size_t lane = 0; lane < width; lane++) place[lane] = NAME(scaled)(place[lane], factors, row) + sums[lane];
        }
}
