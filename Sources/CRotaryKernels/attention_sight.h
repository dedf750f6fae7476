// Which keys of a tile the rows of a panel see, and what is added to their scores; a part of attention_tiles.h.

// Keys of a tile: where they begin and how many they are, the bounds of their positions, and whether none is less than the one
// before.
struct NAME(Tile) {
    size_t first, count;
    double least, largest;
    bool ascends;
};

// What a panel sees of a tile.
struct NAME(Sight) {
    // From the first key that a row sees to past the last; empty where none sees any.
    size_t first, end;
    // All rows see all keys between.
    bool is_whole;
};

static struct NAME(Tile) NAME(tile)(const struct CRotaryKernels_Attention *attention, size_t first, size_t most) {
    const size_t rest = attention->key_count - first;
    struct NAME(Tile) tile = {first, rest < most ? rest : most, 0, 0, true};
    if (!attention->key_positions) return tile;
    const double *positions = attention->key_positions + first;
    tile.least = tile.largest = positions[0];
    for (size_t key = 1; key < tile.count; key++) {
        if (positions[key] < positions[key - 1]) tile.ascends = false;
        if (positions[key] < tile.least) tile.least = positions[key];
        if (positions[key] > tile.largest) tile.largest = positions[key];
    }
    return tile;
}

INLINE size_t NAME(mask_row)(const struct CRotaryKernels_Attention *attention, size_t row, size_t key) {
    return row / attention->query_length * attention->head_stride + row % attention->query_length * attention->query_stride
        + key * attention->key_stride;
}

// The same as `look`, where causality alone hides keys and they ascend, so that a row sees them up to one.
static struct NAME(Sight) NAME(look_up_to)(
    const struct CRotaryKernels_Attention *attention, size_t row, size_t rows, const struct NAME(Tile) *tile, uint8_t *seen,
    uint8_t *sees) {
    struct NAME(Sight) sight = {0, 0, false};
    const double *positions = attention->key_positions + tile->first;
    size_t end = 0;
    for (size_t index = 0; index < rows; index++) {
        // Rows that follow each other mostly end near each other.
        const double position = attention->query_positions[(row + index) % attention->query_length];
        while (end < tile->count && positions[end] <= position) end++;
        while (end > 0 && positions[end - 1] > position) end--;
        memset(seen + index * STRIDE, 1, end);
        memset(seen + index * STRIDE + end, 0, STRIDE - end);
        sees[index] |= end > 0;
        if (end > sight.end) sight.end = end;
    }
    return sight;
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
    if (tile->ascends && !attention->mask && !attention->bias)
        return NAME(look_up_to)(attention, row, rows, tile, seen, sees);
    sight.is_whole = false;
    uint8_t any[STRIDE] = {0};
    const size_t count = tile->count;
    for (size_t index = 0; index < rows; index++) {
        // Restricted: bytes may be parts of anything else.
        uint8_t *restrict own = seen + index * STRIDE;
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
