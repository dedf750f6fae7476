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
#include "attention_weights.h"

// Memory that a block of rows works in.
struct NAME(Scratch) {
    SCALAR *keys, *scores, *tail;
    uint8_t *seen;
    // Of each row of the block.
    SCALAR *largest;
    // Lane by lane.
    NAME(Doubles) *sums;
    uint8_t *sees;
};

static struct NAME(Scratch) NAME(scratch)(void *memory, size_t dimension) {
    const size_t least = WIDTH * dimension;
    const size_t keys = least > attention_tileElements ? least : attention_tileElements;
    struct NAME(Scratch) scratch;
    scratch.keys = memory;
    scratch.scores = scratch.keys + (keys + 63) / 64 * 64;
    scratch.tail = scratch.scores + PANEL_ROWS * STRIDE;
    scratch.sums = (NAME(Doubles) *)(scratch.tail + attention_tileKeys * WIDTH);
    scratch.largest = (SCALAR *)(scratch.sums + CRotaryKernels_attentionRows);
    scratch.sees = (uint8_t *)(scratch.largest + CRotaryKernels_attentionRows + LANES);
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
    const SCALAR *query = (const SCALAR *)attention->query + row * dimension;
    if (is_few && tile->count >= LANES)
        NAME(score_few)(rows, query, keys, dimension, sight.first, sight.end, tile->count, scratch->scores);
    else {
        for (; ready->runs < end_run; ready->runs++)
            NAME(lay_out)(
                keys + ready->runs * run_length, tile->count - ready->runs * WIDTH, dimension,
                scratch->keys + ready->runs * run_length);
        const size_t summed = NAME(summed_dimensions)(dimension);
        for (size_t start = 0; start < dimension; start += summed) {
            const size_t count = dimension - start < summed ? dimension - start : summed;
            NAME(score)(
                rows, query + start, dimension, scratch->keys + first_run * run_length + start * WIDTH, run_length,
                end_run - first_run, count, start > 0, scratch->scores + first_run * WIDTH);
        }
    }
    const bool is_late = NAME(is_late)(attention);
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
    const struct NAME(Tile) *tile, struct NAME(Sight) sight, struct NAME(Ready) *ready, bool is_few,
    const struct NAME(Scratch) *scratch) {
    const size_t columns = attention->value_dimension, whole = columns / WIDTH * WIDTH;
    const SCALAR *values = (const SCALAR *)attention->value + tile->first * columns;
    const size_t begin = sight.first / LANES * LANES, end = (sight.end + LANES - 1) / LANES * LANES;
    SCALAR factors[PANEL_ROWS + LANES] = {0};
    NAME(weigh_panel)(
        rows, scratch->scores, begin, end, NAME(steepness)(attention), scratch->largest + block_row,
        scratch->sums + block_row, factors);
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
    SCALAR *output = (SCALAR *)attention->output + row * columns;
    const SCALAR *scales = factors;
    for (size_t key = sight.first, stop; key < sight.end; key = stop) {
        stop = (key / SUMMED_KEYS + 1) * SUMMED_KEYS;
        if (stop > sight.end) stop = sight.end;
        if (!sight.is_whole && !ready->is_finite)
            NAME(add_seen)(
                rows, scratch->scores + key, scratch->seen + key, values + key * columns, columns, stop - key, scales, output);
        else if (is_few && rows * (columns + WIDTH) <= attention_tileElements)
            // Laid out keys, if any, have had their time.
            NAME(add_few)(
                rows, scratch->scores + key, values + key * columns, scratch->tail + key * WIDTH, columns, stop - key, scales,
                output, scratch->keys);
        else
            NAME(add)(
                rows, scratch->scores + key, values + key * columns, scratch->tail + key * WIDTH, columns, stop - key, scales,
                output);
        scales = NULL;
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

void JOIN(attend, LEVEL, TYPE)(
    const struct CRotaryKernels_Attention *attention, size_t first_row, size_t row_count, void *memory) {
    const struct NAME(Scratch) scratch = NAME(scratch)(memory, attention->dimension);
    const size_t tile_keys = NAME(tile_keys)(attention->dimension), columns = attention->value_dimension;
    // Panels of nearly one height: none is so low that it would take as long as a higher one.
    const size_t panels = (row_count + PANEL_ROWS - 1) / PANEL_ROWS;
    const bool is_few = row_count <= FEW_ROWS;
    memset((SCALAR *)attention->output + first_row * columns, 0, row_count * columns * sizeof(SCALAR));
    for (size_t row = 0; row < row_count; row++) {
        scratch.largest[row] = (SCALAR)-INFINITY;
        scratch.sums[row] = (NAME(Doubles)){};
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
                NAME(add_panel)(attention, row, rows, start, &tile, sight, &ready, is_few, &scratch);
        }
    }
    for (size_t row = 0; row < row_count; row++) {
        SCALAR *output = (SCALAR *)attention->output + (first_row + row) * columns;
        SCALAR *weights =
            attention->weights ? (SCALAR *)attention->weights + (first_row + row) * attention->key_count : NULL;
        if (!scratch.sees[row]) {
            if (weights) memset(weights, 0, attention->key_count * sizeof(SCALAR));
            continue;
        }
        // Where all that a row sees is −infinity, the sum is 0 and a weight no number.
        const double sum = FOLD(ADDED, scratch.sums[row]), factor = sum == 0 ? (double)NAN : 1 / sum;
        // −0 becomes 0, as it is where a row sums from 0 on: which rows do depends on those beside them.
        for (size_t column = 0; column < columns; column++) output[column] = (SCALAR)((double)output[column] * factor + 0.0);
        if (weights)
            NAME(finish_weights)(
                weights, attention->key_count, NAME(steepness)(attention), scratch.largest[row], factor);
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
#undef FEW_KEYS
#undef PARTS
#undef LOW
#undef HIGH
#undef LOW_PAIRS
#undef HIGH_PAIRS
#undef EVEN
#undef ODD
