// Attention in tiles with a running softmax; see attention_tiles.h for how.
#ifndef CROTARYKERNELS_ATTENTION_H
#define CROTARYKERNELS_ATTENTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Queries that read one key head, row after row, and what they read. Elements are all float, or all double.
///
/// Row r is query r % query_length of head r / query_length of those that share the key head.
struct CRotaryKernels_Attention {
    /// `[rows, dimension]`, `[key_count, dimension]` and `[key_count, value_dimension]`.
    const void *query, *key, *value;
    /// `[rows, value_dimension]`, every number of which is written.
    void *output;
    /// `[rows, key_count]`, in the same way; or NULL.
    void *weights;
    size_t query_length, key_count, dimension, value_dimension;
    /// Of the element type, though it is given as a double.
    double scale;
    /// A row sees keys whose position is at most its own: one for each query and key; or NULL.
    const double *query_positions, *key_positions;
    /// A row sees keys where it is true; or NULL.
    const bool *mask;
    /// Added to the scaled scores, and −infinity hides; or NULL.
    const void *bias;
    /// Elements of mask or bias from one head, query and key to the next; that of keys is 0 or 1.
    size_t head_stride, query_stride, key_stride;
};

/// Rows that are worth to be computed together: they share what is made ready of the keys.
enum { CRotaryKernels_attentionRows = 1024 };

/// Bytes of memory, aligned at 64, that the functions below work in.
size_t CRotaryKernels_attentionScratch(size_t dimension, size_t element_size);

/// Computes at most `CRotaryKernels_attentionRows` rows from the first on, with the kernels of a level.
///
/// What a row gets does not depend on the rows beside it. What a row does not see has no effect on it, whatever it holds.
void CRotaryKernels_attendFloats(
    int level, const struct CRotaryKernels_Attention *attention, size_t first_row, size_t row_count, void *scratch);
void CRotaryKernels_attendDoubles(
    int level, const struct CRotaryKernels_Attention *attention, size_t first_row, size_t row_count, void *scratch);

/// Replaces numbers ≤ 0 by 2 to their power, as attention has them: 0 below −126.5 for float, −1022.5 for double.
void CRotaryKernels_powersOfFloats(int level, float *numbers, size_t count);
void CRotaryKernels_powersOfDoubles(int level, double *numbers, size_t count);

#endif
