// Attention over tiles of keys, for one level and element type; included once for each (attention_level.h).
//
// A block of rows goes over the keys tile by tile. Of a tile, keys are laid out anew, so that a vector holds one dimension of
// many keys; then each panel of a few rows takes its scores, turns them to weights and adds values, while all is in the
// first cache. A row keeps the largest score and the sum of its weights so far; where a tile has a larger one, what is summed
// is scaled down (M. Milakov, N. Gimelshein, arXiv:1805.02867; T. Dao et al., arXiv:2205.14135).
//
// A score is summed over dimensions in their order, an output over the keys of a tile in their order, so that it is the same
// wherever in a panel its row stands; and so many at once, before they are added to the others: a sum of many sums has smaller
// errors.

#define NAME(name) JOIN(name, LEVEL, TYPE)
#define INLINE static inline __attribute__((always_inline))
#define LANES (VECTOR_BYTES / sizeof(SCALAR))
#define WIDTH (2 * LANES)
// Not a power of two, so that the rows of a panel are not all in one set of the cache.
#define STRIDE (attention_tileKeys + 16)
#define SUMMED_KEYS 128

typedef SCALAR NAME(Vector) __attribute__((vector_size(VECTOR_BYTES)));
typedef SCALAR NAME(Loose) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(SCALAR)), may_alias));
typedef BITS NAME(Bits) __attribute__((vector_size(VECTOR_BYTES)));
#define VECTOR NAME(Vector)

INLINE VECTOR NAME(load)(const SCALAR *place) { return *(const NAME(Loose) *)place; }
INLINE void NAME(store)(SCALAR *place, VECTOR vector) { *(NAME(Loose) *)place = vector; }
INLINE VECTOR NAME(all)(SCALAR value) { return value - (VECTOR){}; }
INLINE VECTOR NAME(choose)(NAME(Bits) which, VECTOR yes, VECTOR no) {
    return (VECTOR)((which & (NAME(Bits))yes) | (~which & (NAME(Bits))no));
}

// MARK: Lanes

// Each lane beside the one whose number is its own ^ n.
#if VECTOR_BYTES == 64 && !defined(IS_DOUBLE)
#define BESIDE_8(v) __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)
#define BESIDE_4(v) __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11)
#define BESIDE_2(v) __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)
#define BESIDE_1(v) __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)
#define FOLD(f, v) (v = f(v, BESIDE_8(v)), v = f(v, BESIDE_4(v)), v = f(v, BESIDE_2(v)), v = f(v, BESIDE_1(v)), v[0])
#elif (VECTOR_BYTES == 64 && defined(IS_DOUBLE)) || (VECTOR_BYTES == 32 && !defined(IS_DOUBLE))
#define BESIDE_4(v) __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3)
#define BESIDE_2(v) __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5)
#define BESIDE_1(v) __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6)
#define FOLD(f, v) (v = f(v, BESIDE_4(v)), v = f(v, BESIDE_2(v)), v = f(v, BESIDE_1(v)), v[0])
#elif (VECTOR_BYTES == 32 && defined(IS_DOUBLE)) || (VECTOR_BYTES == 16 && !defined(IS_DOUBLE))
#define BESIDE_2(v) __builtin_shufflevector(v, v, 2, 3, 0, 1)
#define BESIDE_1(v) __builtin_shufflevector(v, v, 1, 0, 3, 2)
#define FOLD(f, v) (v = f(v, BESIDE_2(v)), v = f(v, BESIDE_1(v)), v[0])
#else
#define BESIDE_1(v) __builtin_shufflevector(v, v, 1, 0)
#define FOLD(f, v) (v = f(v, BESIDE_1(v)), v[0])
#endif

INLINE VECTOR NAME(larger)(VECTOR a, VECTOR b) { return NAME(choose)(b > a, b, a); }

typedef double NAME(Doubles) __attribute__((vector_size(LANES * sizeof(double))));
#define ADDED(a, b) ((a) + (b))

// MARK: The exponential

// e^x = 2^n · e^r with n = x / ln 2, rounded, and |r| ≤ ln 2 / 2, for x ≤ 0; 0 where it would be less than the smallest normal
// number, and no number stays none. ln 2 is in two parts, of which n times the first is exact.
INLINE VECTOR NAME(exponential)(VECTOR x) {
#ifdef IS_DOUBLE
    const SCALAR least = -708.3, rounder = 0x1.8p52, high = 0x1.62e42fee00000p-1, low = 0x1.a39ef35793c76p-33;
    const int fraction = 52;
    // 1/n!: past 13 they add less than a tenth of a unit in the last place.
    static const SCALAR terms[] = {
        0x1.6124613a86d09p-33, 0x1.1eed8eff8d898p-29, 0x1.ae64567f544e4p-26, 0x1.27e4fb7789f5cp-22, 0x1.71de3a556c734p-19,
        0x1.a01a01a01a01ap-16, 0x1.a01a01a01a01ap-13, 0x1.6c16c16c16c17p-10, 0x1.1111111111111p-7, 0x1.5555555555555p-5,
        0x1.5555555555555p-3, 0x1p-1,
    };
#else
    const SCALAR least = -87.33f, rounder = 0x1.8p23f, high = 0x1.63p-1f, low = -0x1.bd0106p-13f;
    const int fraction = 23;
    // S. Moshier, Cephes, expf.
    static const SCALAR terms[] = {
        1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f,
    };
#endif
    const SCALAR reciprocal = (SCALAR)1.4426950408889634;
    const NAME(Bits) vanishes = x < NAME(all)(least);
    x = NAME(choose)(vanishes, NAME(all)(least), x);
    const VECTOR shifted = FMA(x, NAME(all)(reciprocal), NAME(all)(rounder));
    const VECTOR n = shifted - NAME(all)(rounder);
    const VECTOR rest = FMA(n, NAME(all)(-low), FMA(n, NAME(all)(-high), x));
    VECTOR sum = NAME(all)(terms[0]);
#pragma clang loop unroll(full)
    for (size_t term = 1; term < sizeof terms / sizeof *terms; term++) sum = FMA(sum, rest, NAME(all)(terms[term]));
    sum = FMA(sum * rest, rest, rest) + NAME(all)(1);
    // n stands in the lowest bits of what was rounded; it goes to the exponent.
    const VECTOR power = (VECTOR)((NAME(Bits))sum + ((NAME(Bits))shifted << fraction));
    const VECTOR result = NAME(choose)(x == x, power, x);
    return NAME(choose)(vanishes, NAME(all)(0), result);
}

void JOIN(exponent, LEVEL, TYPE)(SCALAR *numbers, size_t count) {
    size_t place = 0;
    for (; place + LANES <= count; place += LANES)
        NAME(store)(numbers + place, NAME(exponential)(NAME(load)(numbers + place)));
    SCALAR rest[LANES] = {0};
    memcpy(rest, numbers + place, (count - place) * sizeof(SCALAR));
    NAME(store)(rest, NAME(exponential)(NAME(load)(rest)));
    memcpy(numbers + place, rest, (count - place) * sizeof(SCALAR));
}

INLINE SCALAR NAME(exponential_of)(SCALAR x) { return NAME(exponential)(NAME(all)(x))[0]; }

// MARK: Products

// Σ a·b of some rows of a with two vectors of columns of b. Where it `asks`, memory at `ahead` is on its
// way then.
INLINE void NAME(multiply)(
    const int rows, const SCALAR *a, const SCALAR *b, size_t stride, size_t count, VECTOR (*sums)[2], const bool asks,
    const char *ahead, size_t ahead_step) {
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) sums[row][0] = sums[row][1] = (VECTOR){};
#pragma clang loop unroll(disable)
    for (size_t term = 0; term < count; term++, b += stride) {
        const VECTOR left = NAME(load)(b), right = NAME(load)(b + LANES);
        if (asks) {
            __builtin_prefetch(ahead, 0, 3);
            __builtin_prefetch(ahead + 64, 0, 3);
            ahead += ahead_step;
        }
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            const VECTOR factor = NAME(all)(a[row * STRIDE + term]);
            sums[row][0] = FMA(factor, left, sums[row][0]);
            sums[row][1] = FMA(factor, right, sums[row][1]);
        }
    }
}

// Scores of a panel and keys that are laid out in runs of WIDTH: set, or added to those of the dimensions before.
INLINE void NAME(score_rows)(
    const int rows, const SCALAR *query, const SCALAR *keys, size_t run_length, size_t runs, size_t count, bool adds,
    SCALAR *scores) {
    for (size_t run = 0; run < runs; run++) {
        VECTOR sums[PANEL_ROWS][2];
        NAME(multiply)(rows, query, keys + run * run_length, WIDTH, count, sums, false, NULL, 0);
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

// Scales what rows have summed of some columns, and adds values by their weights; `tail` is past the last whole WIDTH. What is
// scaled is rounded before the sum, so that nothing changes where the sum is 0.
INLINE void NAME(add_rows)(
    const int rows, const SCALAR *weights, const SCALAR *values, const SCALAR *tail, size_t columns, size_t count,
    const SCALAR *factors, SCALAR *output, const char *ahead, size_t ahead_step) {
    const size_t whole = columns / WIDTH * WIDTH;
    VECTOR sums[PANEL_ROWS][2];
    for (size_t column = 0; column < whole; column += WIDTH) {
        NAME(multiply)(rows, weights, values + column, columns, count, sums, true, ahead, ahead_step);
        ahead += count * ahead_step;
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            SCALAR *place = output + row * columns + column;
            const VECTOR factor = NAME(all)(factors[row]);
            NAME(store)(place, NAME(load)(place) * factor + sums[row][0]);
            NAME(store)(place + LANES, NAME(load)(place + LANES) * factor + sums[row][1]);
        }
    }
    if (whole == columns) return;
    NAME(multiply)(rows, weights, tail, WIDTH, count, sums, false, NULL, 0);
    SCALAR rest[PANEL_ROWS][WIDTH];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        NAME(store)(rest[row], sums[row][0]);
        NAME(store)(rest[row] + LANES, sums[row][1]);
    }
    for (int row = 0; row < rows; row++)
        for (size_t column = whole; column < columns; column++) {
            SCALAR *place = output + row * columns + column;
            *place = *place * factors[row] + rest[row][column - whole];
        }
}

#if PANEL_ROWS == 14
#define EACH_ROW_COUNT(f) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8) f(9) f(10) f(11) f(12) f(13) f(14)
#else
#define EACH_ROW_COUNT(f) f(1) f(2) f(3) f(4) f(5) f(6)
#endif

__attribute__((noinline)) static void NAME(score)(
    size_t rows, const SCALAR *query, const SCALAR *keys, size_t run_length, size_t runs, size_t count, bool adds,
    SCALAR *scores) {
#define CASE(n) case n: NAME(score_rows)(n, query, keys, run_length, runs, count, adds, scores); break;
    switch (rows) { EACH_ROW_COUNT(CASE) }
#undef CASE
}

__attribute__((noinline)) static void NAME(add)(
    size_t rows, const SCALAR *weights, const SCALAR *values, const SCALAR *tail, size_t columns, size_t count,
    const SCALAR *factors, SCALAR *output, const char *ahead, size_t ahead_step) {
#define CASE(n)                                                                                                             \
    case n: NAME(add_rows)(n, weights, values, tail, columns, count, factors, output, ahead, ahead_step); break;
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
            for (size_t lane = 0; lane < width; lane++) place[lane] = place[lane] * factors[row] + sums[lane];
        }
}

// MARK: Keys

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

// MARK: What rows see

// Keys of a tile: where they begin and how many they are, and the bounds of their positions.
struct NAME(Tile) {
    size_t first, count;
    double least, largest;
};

// What a panel sees of a tile.
struct NAME(Sight) {
    // From the first key that a row sees to past the last; empty where none sees any.
    size_t first, end;
    // All rows see all keys between.
    bool is_whole;
};

static struct NAME(Tile) NAME(tile)(const struct CRotaryKernels_Attention *attention, size_t first, size_t most) {
    struct NAME(Tile) tile = {first, attention->key_count - first < most ? attention->key_count - first : most, 0, 0};
    if (!attention->key_positions) return tile;
    const double *positions = attention->key_positions + first;
    tile.least = tile.largest = positions[0];
    for (size_t key = 1; key < tile.count; key++) {
        if (positions[key] < tile.least) tile.least = positions[key];
        if (positions[key] > tile.largest) tile.largest = positions[key];
    }
    return tile;
}

INLINE size_t NAME(mask_row)(const struct CRotaryKernels_Attention *attention, size_t row, size_t key) {
    return row / attention->query_length * attention->head_stride + row % attention->query_length * attention->query_stride
        + key * attention->key_stride;
}

// Finds what rows see of a tile; `seen` gets 1 for each key that its row sees, unless all do.
static struct NAME(Sight) NAME(look)(
    const struct CRotaryKernels_Attention *attention, size_t row, size_t rows, const struct NAME(Tile) *tile, uint8_t *seen,
    uint8_t *sees) {
    struct NAME(Sight) sight = {0, tile->count, true};
    bool is_causal = false;
    if (attention->key_positions) {
        double least = INFINITY, largest = -INFINITY;
        for (size_t index = row; index < row + rows; index++) {
            const double position = attention->query_positions[index % attention->query_length];
            if (position < least) least = position;
            if (position > largest) largest = position;
        }
        if (tile->least > largest) return (struct NAME(Sight)){0, 0, false};
        is_causal = tile->largest > least;
    }
    if (!is_causal && !attention->mask && !attention->bias) {
        memset(sees, 1, rows);
        return sight;
    }
    sight.is_whole = false;
    uint8_t any[STRIDE] = {0};
    const size_t count = tile->count;
    for (size_t index = 0; index < rows; index++) {
        uint8_t *own = seen + index * STRIDE;
        memset(own, !is_causal, STRIDE);
        if (is_causal) {
            const double position = attention->query_positions[(row + index) % attention->query_length];
            const double *positions = attention->key_positions + tile->first;
            for (size_t key = 0; key < count; key++) own[key] = positions[key] <= position;
        }
        const size_t start = NAME(mask_row)(attention, row + index, tile->first);
        if (attention->mask) {
            const bool *mask = attention->mask + start;
            if (attention->key_stride)
                for (size_t key = 0; key < count; key++) own[key] &= mask[key];
            else if (!*mask)
                memset(own, 0, STRIDE);
        }
        if (attention->bias) {
            const SCALAR *bias = (const SCALAR *)attention->bias + start;
            if (attention->key_stride)
                for (size_t key = 0; key < count; key++) own[key] &= bias[key] != (SCALAR)-INFINITY;
            else if (*bias == (SCALAR)-INFINITY)
                memset(own, 0, STRIDE);
        }
        uint8_t some = 0;
        for (size_t key = 0; key < count; key++) some |= own[key];
        for (size_t key = 0; key < count; key++) any[key] |= own[key];
        sees[index] |= some;
    }
    while (sight.first < sight.end && !any[sight.first]) sight.first++;
    while (sight.end > sight.first && !any[sight.end - 1]) sight.end--;
    return sight;
}

static bool NAME(are_finite)(const SCALAR *values, size_t count) {
    // 0 times what is not finite is no number.
    SCALAR sum[LANES] = {0};
    size_t place = 0;
    for (; place + LANES <= count; place += LANES)
        for (size_t lane = 0; lane < LANES; lane++) sum[lane] += values[place + lane] * 0;
    for (; place < count; place++) sum[0] += values[place] * 0;
    SCALAR total = 0;
    for (size_t lane = 0; lane < LANES; lane++) total += sum[lane];
    return total == 0;
}

// MARK: Weights

// What scores are multiplied by when they are weighed: the scale, or 1 where `finish_scores` has scaled them, since a mask adds
// to them, or since the largest product is not the largest score.
INLINE SCALAR NAME(late_scale)(const struct CRotaryKernels_Attention *attention) {
    return attention->bias || !(attention->scale > 0) ? 1 : (SCALAR)attention->scale;
}

// Makes scores of a row from products: scaled, unless they will be, with what a mask adds; −infinity where the row sees
// nothing.
static void NAME(finish_scores)(
    SCALAR *scores, SCALAR scale, bool is_late, const SCALAR *bias, size_t key_stride, const uint8_t *seen, struct NAME(Sight) sight) {
    const size_t begin = sight.first / LANES * LANES, end = (sight.end + LANES - 1) / LANES * LANES;
    if (bias && key_stride)
        for (size_t key = sight.first; key < sight.end; key++) scores[key] = scores[key] * scale + bias[key];
    else if (!is_late) {
        const SCALAR added = bias ? *bias : 0;
        for (size_t key = begin; key < end; key++) scores[key] = scores[key] * scale + added;
    }
    if (!sight.is_whole)
        for (size_t key = sight.first; key < sight.end; key++) scores[key] = seen[key] ? scores[key] : (SCALAR)-INFINITY;
    for (size_t key = begin; key < sight.first; key++) scores[key] = (SCALAR)-INFINITY;
    for (size_t key = sight.end; key < end; key++) scores[key] = (SCALAR)-INFINITY;
}

static SCALAR NAME(largest)(const SCALAR *scores, size_t begin, size_t end, SCALAR scale) {
    VECTOR most = NAME(all)((SCALAR)-INFINITY);
    for (size_t key = begin; key < end; key += LANES) most = NAME(larger)(most, NAME(load)(scores + key));
    return FOLD(NAME(larger), most) * scale;
}

// Replaces scores by the exponentials of what they are above `largest` when scaled, and answers their sum. The product is
// rounded as that of the largest is, whose weight is 1 then.
static double NAME(weigh)(SCALAR *scores, size_t begin, size_t end, SCALAR scale, SCALAR largest) {
    VECTOR sums = {};
    if (largest == (SCALAR)-INFINITY) {
        // All are hidden, or −infinity, or no numbers.
        for (size_t key = begin; key < end; key += LANES) {
            const VECTOR own = NAME(load)(scores + key);
            const VECTOR weight = NAME(choose)(own == own, NAME(all)(0), own);
            NAME(store)(scores + key, weight);
            sums += weight;
        }
    } else
        for (size_t key = begin; key < end; key += LANES) {
            const VECTOR weight = NAME(exponential)(NAME(load)(scores + key) * NAME(all)(scale) - NAME(all)(largest));
            NAME(store)(scores + key, weight);
            sums += weight;
        }
    NAME(Doubles) exact = __builtin_convertvector(sums, NAME(Doubles));
    return FOLD(ADDED, exact);
}

// MARK: All together

// Memory that a block of rows works in.
struct NAME(Scratch) {
    SCALAR *keys, *query, *scores, *tail;
    uint8_t *seen;
    // Of each row of the block.
    SCALAR *largest;
    double *sums;
    uint8_t *sees;
};

static struct NAME(Scratch) NAME(scratch)(void *memory, size_t dimension) {
    const size_t least = WIDTH * dimension;
    const size_t keys = least > attention_tileElements ? least : attention_tileElements;
    struct NAME(Scratch) scratch;
    scratch.keys = memory;
    scratch.query = scratch.keys + (keys + 63) / 64 * 64;
    scratch.scores = scratch.query + PANEL_ROWS * STRIDE;
    scratch.tail = scratch.scores + PANEL_ROWS * STRIDE;
    scratch.sums = (double *)(scratch.tail + attention_tileKeys * WIDTH);
    scratch.largest = (SCALAR *)(scratch.sums + CRotaryKernels_attentionRows);
    scratch.sees = (uint8_t *)(scratch.largest + CRotaryKernels_attentionRows);
    scratch.seen = scratch.sees + CRotaryKernels_attentionRows;
    return scratch;
}

// Of a tile, what is made ready when the first panel asks for it.
struct NAME(Ready) {
    size_t runs;
    bool has_tail, is_checked, is_finite;
};

// Keys of a tile: as many as keep it in the second cache.
INLINE size_t NAME(tile_keys)(size_t dimension) {
    const size_t most = attention_tileElements / (dimension ? dimension : 1) / WIDTH * WIDTH;
    return most < WIDTH ? WIDTH : most < attention_tileKeys ? most : attention_tileKeys;
}

// Sets the scores of a panel and what it sees of a tile, and lays out more of its keys where they are missing.
static void NAME(score_panel)(
    const struct CRotaryKernels_Attention *attention, size_t row, size_t rows, const struct NAME(Tile) *tile,
    struct NAME(Sight) sight, struct NAME(Ready) *ready, const struct NAME(Scratch) *scratch) {
    const size_t dimension = attention->dimension, run_length = WIDTH * dimension;
    const size_t first_run = sight.first / WIDTH, end_run = (sight.end + WIDTH - 1) / WIDTH;
    const SCALAR *keys = (const SCALAR *)attention->key + tile->first * dimension;
    const size_t columns = attention->value_dimension;
    const SCALAR *values = (const SCALAR *)attention->value + tile->first * columns;
    for (; ready->runs < end_run; ready->runs++)
        NAME(lay_out)(
            keys + ready->runs * run_length, tile->count - ready->runs * WIDTH, dimension,
            scratch->keys + ready->runs * run_length, (const char *)(values + ready->runs * WIDTH * columns),
            WIDTH * columns * sizeof(SCALAR));
    for (size_t start = 0; start < dimension; start += SUMMED_DIMENSIONS) {
        const size_t count = dimension - start < SUMMED_DIMENSIONS ? dimension - start : SUMMED_DIMENSIONS;
        for (size_t index = 0; index < rows; index++)
            memcpy(
                scratch->query + index * STRIDE, (const SCALAR *)attention->query + (row + index) * dimension + start,
                count * sizeof(SCALAR));
        NAME(score)(
            rows, scratch->query, scratch->keys + first_run * run_length + start * WIDTH, run_length, end_run - first_run,
            count, start > 0, scratch->scores + first_run * WIDTH);
    }
    const bool is_late = !attention->bias && attention->scale > 0;
    for (size_t index = 0; index < rows; index++) {
        const SCALAR *bias = attention->bias
            ? (const SCALAR *)attention->bias + NAME(mask_row)(attention, row + index, tile->first) : NULL;
        NAME(finish_scores)(
            scratch->scores + index * STRIDE, (SCALAR)attention->scale, is_late, bias, attention->key_stride,
            scratch->seen + index * STRIDE, sight);
    }
}

// Adds what a panel sees of a tile to its rows of the output.
static void NAME(add_panel)(
    const struct CRotaryKernels_Attention *attention, size_t row, size_t rows, size_t block_row,
    const struct NAME(Tile) *tile, struct NAME(Sight) sight, struct NAME(Ready) *ready, bool is_last,
    const struct NAME(Scratch) *scratch) {
    const size_t columns = attention->value_dimension, whole = columns / WIDTH * WIDTH;
    const SCALAR *values = (const SCALAR *)attention->value + tile->first * columns;
    const size_t begin = sight.first / LANES * LANES, end = (sight.end + LANES - 1) / LANES * LANES;
    const SCALAR scale = NAME(late_scale)(attention);
    SCALAR factors[PANEL_ROWS];
    for (size_t index = 0; index < rows; index++) {
        SCALAR *scores = scratch->scores + index * STRIDE;
        const SCALAR before = scratch->largest[block_row + index], own = NAME(largest)(scores, begin, end, scale);
        const SCALAR largest = own > before ? own : before;
        factors[index] = largest == before ? 1 : NAME(exponential_of)(before - largest);
        scratch->largest[block_row + index] = largest;
        double *sum = scratch->sums + block_row + index;
        *sum = *sum * (double)factors[index] + NAME(weigh)(scores, begin, end, scale, largest);
    }
    if (!sight.is_whole && !ready->is_checked) {
        ready->is_checked = true;
        ready->is_finite = NAME(are_finite)(values, tile->count * columns);
    }
    if (whole < columns && !ready->has_tail) {
        ready->has_tail = true;
        for (size_t key = 0; key < tile->count; key++)
            for (size_t lane = 0; lane < WIDTH; lane++)
                scratch->tail[key * WIDTH + lane] = whole + lane < columns ? values[key * columns + whole + lane] : 0;
    }
    // What is wanted next, a piece for each term: the queries of the next panel, or the keys of the next tile.
    const size_t terms = whole / WIDTH * (sight.end - sight.first), row_bytes = attention->dimension * sizeof(SCALAR);
    const char *next = (const char *)values;
    size_t bytes = 0;
    if (!is_last) {
        next = (const char *)attention->query + (row + rows) * row_bytes;
        bytes = rows * row_bytes;
    } else if (tile->first + 2 * tile->count <= attention->key_count) {
        next = (const char *)attention->key + (tile->first + tile->count) * row_bytes;
        bytes = tile->count * row_bytes;
    }
    const size_t step = terms ? bytes / terms : 0;
    SCALAR *output = (SCALAR *)attention->output + row * columns;
    for (size_t key = sight.first, stop; key < sight.end; key = stop) {
        stop = (key / SUMMED_KEYS + 1) * SUMMED_KEYS;
        if (stop > sight.end) stop = sight.end;
        if (sight.is_whole || ready->is_finite)
            NAME(add)(
                rows, scratch->scores + key, values + key * columns, scratch->tail + key * WIDTH, columns, stop - key, factors,
                output, next, step);
        else
            NAME(add_seen)(
                rows, scratch->scores + key, scratch->seen + key, values + key * columns, columns, stop - key, factors, output);
        next += whole / WIDTH * (stop - key) * step;
        for (size_t index = 0; index < rows; index++) factors[index] = 1;
    }
}

// Writes the scores of a panel and tile to where its weights will be.
static void NAME(keep_scores)(
    const struct CRotaryKernels_Attention *attention, size_t row, size_t rows, const struct NAME(Tile) *tile,
    struct NAME(Sight) sight, const struct NAME(Scratch) *scratch) {
    for (size_t index = 0; index < rows; index++) {
        SCALAR *target = (SCALAR *)attention->weights + (row + index) * attention->key_count + tile->first;
        for (size_t key = 0; key < sight.first; key++) target[key] = (SCALAR)-INFINITY;
        memcpy(
            target + sight.first, scratch->scores + index * STRIDE + sight.first,
            (sight.end - sight.first) * sizeof(SCALAR));
        for (size_t key = sight.end; key < tile->count; key++) target[key] = (SCALAR)-INFINITY;
    }
}

// Makes weights of the scores of a row, now that the largest of them and the sum are known.
static void NAME(finish_weights)(SCALAR *weights, size_t count, SCALAR scale, SCALAR largest, double factor) {
    for (size_t key = 0; key < count; key += LANES) {
        const size_t width = count - key < LANES ? count - key : LANES;
        SCALAR some[LANES] = {0};
        memcpy(some, weights + key, width * sizeof(SCALAR));
        NAME(store)(some, NAME(exponential)(NAME(load)(some) * NAME(all)(scale) - NAME(all)(largest)));
        for (size_t lane = 0; lane < width; lane++) weights[key + lane] = (SCALAR)((double)some[lane] * factor);
    }
}

void JOIN(attend, LEVEL, TYPE)(
    const struct CRotaryKernels_Attention *attention, size_t first_row, size_t row_count, void *memory) {
    const struct NAME(Scratch) scratch = NAME(scratch)(memory, attention->dimension);
    const size_t tile_keys = NAME(tile_keys)(attention->dimension), columns = attention->value_dimension;
    // Panels of nearly one height: none is so low that it would take as long as a higher one.
    const size_t panels = (row_count + PANEL_ROWS - 1) / PANEL_ROWS;
    for (size_t row = 0; row < row_count; row++) {
        scratch.largest[row] = (SCALAR)-INFINITY;
        scratch.sums[row] = 0;
        scratch.sees[row] = 0;
    }
    for (size_t first = 0; first < attention->key_count; first += tile_keys) {
        const struct NAME(Tile) tile = NAME(tile)(attention, first, tile_keys);
        struct NAME(Ready) ready = {0};
        for (size_t panel = 0; panel < panels; panel++) {
            const size_t start = panel * row_count / panels, rows = (panel + 1) * row_count / panels - start;
            const size_t row = first_row + start;
            const struct NAME(Sight) sight = NAME(look)(attention, row, rows, &tile, scratch.seen, scratch.sees + start);
            const bool is_empty = sight.first == sight.end;
            if (!is_empty) NAME(score_panel)(attention, row, rows, &tile, sight, &ready, &scratch);
            if (attention->weights) NAME(keep_scores)(attention, row, rows, &tile, sight, &scratch);
            if (!is_empty)
                NAME(add_panel)(attention, row, rows, start, &tile, sight, &ready, panel + 1 == panels, &scratch);
        }
    }
    for (size_t row = 0; row < row_count; row++) {
        SCALAR *output = (SCALAR *)attention->output + (first_row + row) * columns;
        SCALAR *weights = (SCALAR *)attention->weights + (first_row + row) * attention->key_count;
        if (!scratch.sees[row]) {
            if (attention->weights) memset(weights, 0, attention->key_count * sizeof(SCALAR));
            continue;
        }
        // Where all that a row sees is −infinity, the sum is 0 and a weight no number.
        const double factor = scratch.sums[row] == 0 ? (double)NAN : 1 / scratch.sums[row];
        for (size_t column = 0; column < columns; column++) output[column] = (SCALAR)((double)output[column] * factor);
        if (attention->weights) NAME(finish_weights)(weights, attention->key_count, NAME(late_scale)(attention), scratch.largest[row], factor);
    }
}

#undef NAME
#undef INLINE
#undef LANES
#undef WIDTH
#undef STRIDE
#undef SUMMED_KEYS
#undef VECTOR
#undef FOLD
#undef ADDED
#undef BESIDE_8
#undef BESIDE_4
#undef BESIDE_2
#undef BESIDE_1
#undef EACH_ROW_COUNT
