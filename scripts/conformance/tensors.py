"""Tensors and positions of small and fitting lengths, and numbers that sums can hold."""

import base64
import json
import math
import struct
import sys
import zlib
from itertools import cycle, islice

# Of one axis, and of a tensor.
LONGEST_AXIS = 8
MOST_ELEMENTS = 512

# What products of two elements, a scale and their sums may be made of, by dtype.
LARGEST = {"float32": 1e12, "float64": 1e100}


def checksum(value):
    return zlib.crc32(json.dumps(value, sort_keys=True, default=str).encode())


def lengths(value):
    """The announced axes of a tensor in any form: those of the first row of each axis."""
    if isinstance(value, dict):
        return value["shape"]
    axes = []
    while isinstance(value, list):
        axes.append(len(value))
        value = value[0]
    return axes


def fit_axes(axes):
    """Lengths that together are a small tensor; short ones stay as they are."""
    fitted, room = [], MOST_ELEMENTS
    for length in reversed(axes):
        fitted.append(1 + (int(length) - 1) % min(room, LONGEST_AXIS))
        room //= fitted[-1]
    return fitted[::-1]


def tensor(axes, source, body):
    """A rectangular tensor in the form of its source and of its numbers, which come round again where they are too few."""
    numbers = (bounded(number, largest(body)) for number in cycle(leaves(source)))
    data = list(islice(numbers, math.prod(axes)))
    if isinstance(source, dict) and "base64" in source:
        letter = "d" if body.get("dtype") == "float64" else "f"
        return {"shape": axes, "base64": base64.b64encode(struct.pack(f"<{len(data)}{letter}", *data)).decode()}
    if isinstance(source, dict):
        return {"shape": axes, "data": data}
    for length in reversed(axes[1:]):
        data = [data[start : start + length] for start in range(0, len(data), length)]
    return data


def fit_positions(given, length, lists, axes):
    """One number a row; where lists are given, as many as there may be, of batches and of the axes of a position."""
    numbers = cycle(leaves(given))
    batches = 1 if lists is None else lists
    nested = [[list(islice(numbers, length)) for _ in range(batches)] for _ in range(axes or 1)]
    match len(lengths(given)):
        case 3 if axes and lists is not None:
            return nested
        case 2 | 3 if axes:
            return [of_axis[0] for of_axis in nested]
        case 2 | 3 if lists is not None:
            return nested[0]
    return nested[0][0]


def of_one_vector(given, axes):
    """A number, or where it has axes and a list is given a number for each."""
    numbers = list(islice(cycle(leaves(given)), axes or 1))
    return numbers if axes and isinstance(given, list) else numbers[0]


def leaves(value):
    if isinstance(value, dict) and "base64" in value:
        return [byte / 32 - 4 for byte in value["base64"].encode()]
    if isinstance(value, dict):
        return value["data"]
    return [leaf for part in value for leaf in leaves(part)] if isinstance(value, list) else [value]


def largest(body):
    return LARGEST[body.get("dtype", "float32")]


def bounded(number, largest):
    if isinstance(number, bool) or abs(number) <= largest:
        return number
    fraction, _ = math.frexp(min(abs(number), sys.float_info.max))
    return math.copysign(fraction * largest, number)


def sane(number, least, most):
    """A number within both, where it is one; 0, which may count as absent, stays."""
    return min(max(abs(number), least), most) if is_number(number) and number else number


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)
