// Scores that become weights; a part of attention_tiles.h.

// What scores are multiplied by when they are weighed: the scale, or 1 where `finish_scores` has scaled them, since a mask adds
// to them, or since the largest product is not the largest score.
INLINE SCALAR NAME(late_scale)(const struct CRotaryKernels_Attention *attention) {
    return attention->bias || !(attention->scale > 0) ? 1 : (SCALAR)attention->scale;
}

// Makes scores of a row from products: scaled, unless they will be, with what a mask adds; −infinity where the row sees
// nothing.
static void NAME(finish_scores)(
    SCALAR *scores, SCALAR scale, bool is_late, const SCALAR *bias, size_t key_stride, const uint8_t *seen,
    struct NAME(Sight) sight) {
    const size_t begin = sight.first / LANES * LANES, end = (sight.end + LANES - 1) / LANES * LANES;
    if (bias && key_stride)
        for (size_t key = sight.first; key < sight.end; key++) scores[key] = scores[key] * scale + bias[key];
    else if (!is_late) {
        const SCALAR added = bias ? *bias : 0;
        for (size_t key = begin; key < end; key++) scores[key] = scores[key] * scale + added;
    }
    if (!sight.is_whole)
        for (size_t key = begin; key < end; key += LANES) {
            NAME(Bytes) shows;
            memcpy(&shows, seen + key, sizeof shows);
            NAME(store)(
                scores + key,
                NAME(choose)(
                    __builtin_convertvector(shows, NAME(Bits)) != 0, NAME(load)(scores + key), NAME(all)((SCALAR)-INFINITY)));
        }
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

// Makes weights of a panel's scores, and counts them in: sets the factors by which what was summed before is scaled down, and
// changes as many more as fill a vector.
static void NAME(weigh_panel)(
    size_t rows, SCALAR *scores, size_t begin, size_t end, SCALAR scale, SCALAR *largest, double *sums, SCALAR *factors) {
    for (size_t row = 0; row < rows; row++) {
        const SCALAR own = NAME(largest)(scores + row * STRIDE, begin, end, scale);
        // No larger one, or none at all yet: e^0.
        factors[row] = own > largest[row] ? largest[row] - own : 0;
        if (own > largest[row]) largest[row] = own;
    }
    for (size_t row = 0; row < rows; row += LANES)
        NAME(store)(factors + row, NAME(exponential)(NAME(load)(factors + row)));
    for (size_t row = 0; row < rows; row++)
        sums[row] = sums[row] * (double)factors[row] + NAME(weigh)(scores + row * STRIDE, begin, end, scale, largest[row]);
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
