// Scores that become weights; a part of attention_tiles.h.

// Whether scores are scaled when they are weighed. `finish_scores` scales them where a mask adds to them, where the largest product
// is not the largest score, and where the scale is so small or large that a difference of products has no place among the numbers
// though its product with the steepness has one.
INLINE bool NAME(is_late)(const struct CRotaryKernels_Attention *attention) {
    // A difference past the largest number weighs nothing then: it is a power of 2 to −2^12 at most, or −2^9.
#ifdef IS_DOUBLE
    const SCALAR least = 0x1p-1012;
#else
    const SCALAR least = 0x1p-119f;
#endif
    const SCALAR steepness = (SCALAR)(LOG2_E * attention->scale);
    return !attention->bias && steepness >= least && steepness < (SCALAR)INFINITY;
}

// What scores above the largest are multiplied by when they are weighed, so that the weight is 2 to that power: log₂ e, and the
// scale with it, where `is_late`.
INLINE SCALAR NAME(steepness)(const struct CRotaryKernels_Attention *attention) {
    return (SCALAR)(LOG2_E * (NAME(is_late)(attention) ? attention->scale : 1));
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

static SCALAR NAME(largest)(const SCALAR *scores, size_t begin, size_t end) {
    VECTOR most = NAME(all)((SCALAR)-INFINITY);
    for (size_t key = begin; key < end; key += LANES) most = NAME(larger)(most, NAME(load)(scores + key));
    return FOLD(NAME(larger), most);
}

// Replaces scores by 2 to the power of what they are above `largest`, times the steepness; adds them up. The difference comes first:
// of scores of any size, those that weigh most are the most exact.
static void NAME(weigh)(
    SCALAR *scores, size_t begin, size_t end, SCALAR steepness, SCALAR largest, double factor, NAME(Doubles) *total) {
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
            const VECTOR weight = NAME(power)((NAME(load)(scores + key) - NAME(all)(largest)) * NAME(all)(steepness));
            NAME(store)(scores + key, weight);
            sums += weight;
        }
    *total = *total * factor + __builtin_convertvector(sums, NAME(Doubles));
}

// Makes weights of a panel's scores, and counts them in: sets the factors by which what was summed before is scaled down. Of
// `largest` as many more are read, and of `factors` written, as fill a vector.
static void NAME(weigh_panel)(
    size_t rows, SCALAR *scores, size_t begin, size_t end, SCALAR steepness, SCALAR *largest, NAME(Doubles) *sums,
    SCALAR *factors) {
    SCALAR now[PANEL_ROWS + LANES] = {0};
    for (size_t row = 0; row < rows; row++) now[row] = NAME(largest)(scores + row * STRIDE, begin, end);
    for (size_t row = 0; row < rows; row += LANES) {
        const VECTOR before = NAME(load)(largest + row), most = NAME(larger)(before, NAME(load)(now + row));
        // No larger one, or none at all yet: 2^0.
        const VECTOR drop = NAME(choose)(most > before, before - most, NAME(all)(0));
        NAME(store)(factors + row, NAME(power)(drop * NAME(all)(steepness)));
        NAME(store)(now + row, most);
    }
    for (size_t row = 0; row < rows; row++) {
        largest[row] = now[row];
        NAME(weigh)(scores + row * STRIDE, begin, end, steepness, now[row], (double)factors[row], sums + row);
    }
}

// Makes weights of the scores of a row, now that the largest of them and the sum are known.
static void NAME(finish_weights)(SCALAR *weights, size_t count, SCALAR steepness, SCALAR largest, double factor) {
    for (size_t key = 0; key < count; key += LANES) {
        const size_t width = count - key < LANES ? count - key : LANES;
        SCALAR some[LANES] = {0};
        memcpy(some, weights + key, width * sizeof(SCALAR));
        NAME(store)(some, NAME(power)((NAME(load)(some) - NAME(all)(largest)) * NAME(all)(steepness)));
        for (size_t lane = 0; lane < width; lane++) weights[key + lane] = (SCALAR)((double)some[lane] * factor);
    }
}
