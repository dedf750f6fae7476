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
    BODY void turn_vector_##Name( \
        const struct CRotaryKernels_Turn *turn, bool reads_neighbours, bool writes_neighbours, const Scalar *source, \
        Scalar *target, const Scalar *cosines, const Scalar *sines) { \
        const size_t end = turn->start + 2 * turn->pairs; \
        if (turn->start > 0) memcpy(target, source, turn->start * sizeof(Scalar)); \
        turn_pairs_##Name(turn, reads_neighbours, writes_neighbours, source, target, cosines, sines); \
        if (end < turn->dimension) memcpy(target + end, source + end, (turn->dimension - end) * sizeof(Scalar)); \
    } \
    BODY void turn_all_##Name( \
        const struct CRotaryKernels_Turn *turn, bool reads_neighbours, bool writes_neighbours, const Scalar *source, \
        Scalar *target, const Scalar *cosines, const Scalar *sines) { \
        for (size_t first = 0; first < turn->sequences; first += CRotaryKernels_sequencesTogether) { \
            const size_t rest = turn->sequences - first; \
            const size_t end = first + (rest < CRotaryKernels_sequencesTogether ? rest : CRotaryKernels_sequencesTogether); \
            for (size_t row = 0; row < turn->rows; row++) { \
                for (size_t sequence = first; sequence < end; sequence++) { \
                    const size_t place = sequence * turn->distance + row * turn->dimension, angle = row * turn->pairs; \
                    turn_vector_##Name(turn, reads_neighbours, writes_neighbours, source + place, target + place, \
                                       cosines + angle, sines + angle); \
                } \
            } \
        } \
    } \
    BODY ROTATION(rotate_##Name) { \
        if (turn->readsNeighbours && turn->writesNeighbours) \
            turn_all_##Name(turn, true, true, source, target, cosines, sines); \
        else if (turn->readsNeighbours) \
            turn_all_##Name(turn, true, false, source, target, cosines, sines); \
        else if (turn->writesNeighbours) \
            turn_all_##Name(turn, false, true, source, target, cosines, sines); \
        else \
            turn_all_##Name(turn, false, false, source, target, cosines, sines); \
    }

DEFINE(float, floats)
DEFINE(double, doubles)

ROTATION(CRotaryKernels_rotateFloats_baseline) { rotate_floats(turn, source, target, cosines, sines); }
ROTATION(CRotaryKernels_rotateDoubles_baseline) { rotate_doubles(turn, source, target, cosines, sines); }
#if defined(__x86_64__)
AVX2 ROTATION(CRotaryKernels_rotateFloats_avx2) { rotate_floats(turn, source, target, cosines, sines); }
AVX2 ROTATION(CRotaryKernels_rotateDoubles_avx2) { rotate_doubles(turn, source, target, cosines, sines); }
#endif
