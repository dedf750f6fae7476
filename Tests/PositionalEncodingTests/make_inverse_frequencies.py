#!/usr/bin/env python3
"""Prints InverseFrequencies.swift: base^(-2i/r), the ladder of RoFormer (arXiv:2104.09864, section 3.2.2).

    python3 make_inverse_frequencies.py > InverseFrequencies.swift

Made with mpmath 1.3.0 at 50 digits, where the base is the float64 that the service sees (1e30 is not 10^30).
Of each ladder some pairs stand here: the first after 1, one in the middle, the last, and those that a seeded
choice adds. A sample is `pair:nearest float64:what the truth is past it, in units in the last place`.
"""

import random

from mpmath import mp, mpf

mp.dps = 50

BASES = ["1", "10", "500", "1e4", "5e5", "1e6", "1e30"]
DIMENSIONS = [2, 6, 64, 80, 96, 128, 160, 256, 1000]


def sample(base, dimension, pair):
    truth = mpf(float(base)) ** (-mpf(2 * pair) / dimension)
    nearest = float(truth)
    mantissa, exponent = mp.frexp(mpf(nearest))
    unit = mpf(2) ** (exponent - 53)
    return f"{pair}:{nearest.hex()}:{float((truth - mpf(nearest)) / unit):+.3f}"


def main():
    choice = random.Random(2104)
    print(
        '''/// Inverse frequencies to more digits than float64 has.
///
/// Written by make_inverse_frequencies.py, which says how; not by hand.
enum InverseFrequencies {
    /// Lines of `base dimension pair:nearest:residue …`: the float64 nearest to base^(−2·pair/dimension), and what the
    /// truth is past it, in units in its last place.
    static let text = """'''
    )
    for base in BASES:
        for dimension in DIMENSIONS:
            count = dimension // 2
            pairs = {1, count // 2, count - 1} | {choice.randrange(count)}
            samples = [sample(base, dimension, pair) for pair in sorted(pairs) if pair < count]
            line = f"{base} {dimension}"
            for text in samples:
                if len(line) + len(text) + 9 > 120:
                    print("        " + line)
                    line = f"{base} {dimension}"
                line += " " + text
            print("        " + line)
    print('        """\n}')


main()
