// Rotation of many vectors, and the cosines and sines for it.
#ifndef CROTARYKERNELS_ROTATION_H
#define CROTARYKERNELS_ROTATION_H

#include <stdbool.h>
#include <stddef.h>

/// Which vectors are turned, and which of their elements together; all lengths are in elements.
struct CRotaryKernels_Turn {
    /// d, the length of a vector.
    size_t dimension;
    /// The first element that turns.
    size_t start;
    /// p; 2p elements turn.
    size_t pairs;
    /// Whether pairs are neighbours, (start + 2i, start + 2i + 1), and not (start + i, start + p + i): as read, and as written.
    bool readsNeighbours, writesNeighbours;
    /// Vectors of each sequence, one after the other, of which each has its row of p cosines and sines.
    size_t rows;
    /// Sequences that are turned by the same rows, and how far one begins after the other.
    size_t sequences, distance;
};

/// So many sequences are turned side by side, row after row, which keeps as many streams of memory busy: `[1, 32, 2048, 128]` of
/// float32 took two thirds of the time of one after the other. With eight, places a power of two apart no longer fit in the eight
/// ways of a first cache.
enum { CRotaryKernels_sequencesTogether = 4 };

/// The kernels of one level. All levels give the same bits.
struct CRotaryKernels_Rotation {
    /// Writes vectors turned: (a, b) becomes (a·cos − b·sin, a·sin + b·cos), other elements are copied.
    ///
    /// `source` and `target` do not overlap; the first vector begins where they do. Each element is read once and written once.
    void (*rotateFloats)(
        const struct CRotaryKernels_Turn *turn, const void *source, void *target, const void *cosines, const void *sines);
    /// The same for float64.
    void (*rotateDoubles)(
        const struct CRotaryKernels_Turn *turn, const void *source, void *target, const void *cosines, const void *sines);

    /// Writes cos(angle)·cosineFactor and sin(angle)·sineFactor, rounded to float32; angles are in rad.
    ///
    /// Cosine and sine are within 0.65 ulp of float64 up to |angle| = 2^20, and the C library's beyond. sin(±0) is ±0.
    void (*sinesAndCosinesFloats)(
        const double *angles, size_t count, double cosineFactor, double sineFactor, void *cosines, void *sines);
    /// The same, in float64.
    void (*sinesAndCosinesDoubles)(
        const double *angles, size_t count, double cosineFactor, double sineFactor, void *cosines, void *sines);
};

/// The kernels of a level that this processor can run.
const struct CRotaryKernels_Rotation *CRotaryKernels_rotation(int level);

#endif
