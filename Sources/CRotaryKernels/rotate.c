#include "rotate.h"

#include <string.h>

// The loops are plain, and the compiler's vectors: it knows the strides, 1 or 2, where a body is inlined with constants.
#define DEFINE(Scalar, Name) \
    BODY void turn_pairs_##Name( \
        const struct CRotaryKernels_Turn *turn, bool reads_neighbours, bool writes_neighbours, const Scalar *source, \
        Scalar *target, const Scalar *cosines, const Scalar *sines) { \
        const size_t pairs = turn->pairs; \
        const size_t read = reads_neighbours ? 2 : 1, written = writes_neighbours ? 2 : 1; \
        const Scalar *firsts = source + turn->start, *seconds = firsts + (reads_neighbours ? 1 : pairs); \
        Scalar *new_firsts = target + turn->start, *new_seconds = new_firsts + (writes_neighbours ? 1 : pairs); \
        _Pragma("clang loop vectorize(assume_safety)") \
        for (size_t pair = 0; pair < pairs; pair++) { \
            const Scalar first = firsts[pair * read], second = seconds[pair * read]; \
            new_firsts[pair * written] = first * cosines[pair] - second * sines[pair]; \
            new_seconds[pair * written] = first * sines[pair] + second * cosines[pair]; \
        } \
    } \
    /* Row by row through all sequences: their memory streams side by side, and a row is loaded once for all. */ \
    BODY void turn_rows_##Name( \
        const struct CRotaryKernels_Turn *turn, bool reads_neighbours, bool writes_neighbours, const Scalar *source, \
        Scalar *target, const Scalar *cosines, const Scalar *sines) { \
        const size_t end = turn->start + 2 * turn->pairs; \
        for (size_t row = 0; row < turn->rows; row++) { \
            for (size_t sequence = 0; sequence < turn->sequences; sequence++) { \
                const size_t place = sequence * turn->distance + row * turn->dimension; \
                const Scalar *const vector = source + place; \
                Scalar *const turned = target + place; \
                if (turn->start > 0) memcpy(turned, vector, turn->start * sizeof(Scalar)); \
                turn_pairs_##Name(turn, reads_neighbours, writes_neighbours, vector, turned, cosines + row * turn->pairs, \
                                  sines + row * turn->pairs); \
                if (end < turn->dimension) \
                    memcpy(turned + end, vector + end, (turn->dimension - end) * sizeof(Scalar)); \
            } \
        } \
    } \
    BODY ROTATION(rotate_##Name) { \
        if (turn->readsNeighbours && turn->writesNeighbours) \
            turn_rows_##Name(turn, true, true, source, target, cosines, sines); \
        else if (turn->readsNeighbours) \
            turn_rows_##Name(turn, true, false, source, target, cosines, sines); \
        else if (turn->writesNeighbours) \
            turn_rows_##Name(turn, false, true, source, target, cosines, sines); \
        else \
            turn_rows_##Name(turn, false, false, source, target, cosines, sines); \
    }

DEFINE(float, floats)
DEFINE(double, doubles)

ROTATION(CRotaryKernels_rotateFloats_baseline) { rotate_floats(turn, source, target, cosines, sines); }
ROTATION(CRotaryKernels_rotateDoubles_baseline) { rotate_doubles(turn, source, target, cosines, sines); }
#if defined(__x86_64__)
AVX2 ROTATION(CRotaryKernels_rotateFloats_avx2) { rotate_floats(turn, source, target, cosines, sines); }
AVX2 ROTATION(CRotaryKernels_rotateDoubles_avx2) { rotate_doubles(turn, source, target, cosines, sines); }
#endif
