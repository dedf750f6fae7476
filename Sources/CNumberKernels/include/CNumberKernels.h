// Many float32 at once as decimal text, and back, with AVX-512; TensorCoding does the rest, and all of it on other processors.
#ifndef CNUMBERKERNELS_H
#define CNUMBERKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether this processor can run what is below.
bool CNumberKernels_areSupported(void);

/// Bytes of target that each number needs, though its text is shorter.
enum { CNumberKernels_room = 16 };

/// What became of a run of numbers: how many there were, and where the text goes on.
struct CNumberKernels_Run {
    size_t count;
    size_t length;
};

/// Writes the shortest decimals that read back, a comma after each, up to the first that is not finite.
///
/// `target` has room for `CNumberKernels_room` bytes a number.
struct CNumberKernels_Run CNumberKernels_writeFloats(const float *values, size_t count, uint8_t *target);

/// Reads numbers that each end with a comma, correctly rounded, up to the first that is not as usual: one with an exponent, of
/// more than 18 digits (19 without a point), 21 digits after the point or 32 bytes, too near to the middle of two float32, or
/// none by RFC 8259. White space may stand before a number.
///
/// Writes the first `room` of them to `values`, and answers how many there were and the length of their text with all commas.
struct CNumberKernels_Run CNumberKernels_readFloats(const uint8_t *text, size_t length, float *values, size_t room);

#endif
