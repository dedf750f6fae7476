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

#include "attention_vectors.h"
#include "attention_products.h"
#include "attention_keys.h"
#include "attention_few.h"
#include "attention_sight.h"

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
    struct NAME(Sight) sight, bool is_few, struct NAME(Ready) *ready, const struct NAME(Scratch) *scratch) {
    const size_t dimension = attention->dimension, run_length = WIDTH * dimension;
    const size_t first_run = sight.first / WIDTH, end_run = (sight.end + WIDTH - 1) / WIDTH;
    const SCALAR *keys = (const SCALAR *)attention->key + tile->first * dimension;
    const size_t columns = attention->value_dimension;
    const SCALAR *values = (const SCALAR *)attention->value + tile->first * columns;
    if (is_few && tile->count >= LANES)
        NAME(score_few)(
            rows, (const SCALAR *)attention->query + row * dimension, keys, dimension, sight.first, sight.end, tile->count,
            scratch->scores);
    else {
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
    const struct NAME(Tile) *tile, struct NAME(Sight) sight, struct NAME(Ready) *ready, bool is_few, bool is_last,
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
    // What is wanted next, a piece for each term: where rows are few, more values, else the queries of the next panel, or the keys
    // of the next tile.
    const size_t terms = whole / WIDTH * (sight.end - sight.first), row_bytes = attention->dimension * sizeof(SCALAR);
    const char *next = (const char *)values;
    size_t bytes = 0;
    if (is_few) {
        next = (const char *)(values + SUMMED_KEYS * columns);
        bytes = (sight.end - sight.first) * columns * sizeof(SCALAR);
    } else if (!is_last) {
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
    const bool is_few = row_count <= FEW_ROWS;
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
            if (!is_empty) NAME(score_panel)(attention, row, rows, &tile, sight, is_few, &ready, &scratch);
            if (attention->weights) NAME(keep_scores)(attention, row, rows, &tile, sight, &scratch);
            if (!is_empty)
                NAME(add_panel)(attention, row, rows, start, &tile, sight, &ready, is_few, panel + 1 == panels, &scratch);
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
#undef EACH_OF_FEW_ROWS
#undef FEW_ROWS
#undef PARTS
#undef LOW
#undef HIGH
#undef LOW_PAIRS
#undef HIGH_PAIRS
#undef EVEN
#undef ODD
