"""Lines in an SVG, both axes logarithmic."""

import math

from . import servers

WIDTH, HEIGHT, MARGIN = 640, 320, 56
COLOURS = ["#1b6ca8", "#c8553d", "#3d8361"]


def write(file, title, rows):
    """`rows` are the points of a line, by what is varied along it."""
    xs = [x for points in rows.values() for x, _ in points]
    ys = [y for points in rows.values() for _, y in points]
    left, right = math.log2(min(xs)), math.log2(max(xs))
    low, high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)) + 1e-9)

    def place(x, y):
        return (MARGIN + (math.log2(x) - left) / (right - left) * (WIDTH - 2 * MARGIN),
                HEIGHT - MARGIN - (math.log10(y) - low) / (high - low) * (HEIGHT - 2 * MARGIN))

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="11">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>', f'<text x="{MARGIN}" y="20" font-size="14">{title}</text>']
    for exponent in range(low, high + 1):
        _, y = place(min(xs), 10 ** exponent)
        parts.append(f'<path d="M{MARGIN} {y:.1f}H{WIDTH - MARGIN}" stroke="#ddd"/>'
                     f'<text x="{MARGIN - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0 ** exponent:g}</text>')
    for x in sorted(set(xs)):
        at, _ = place(x, 10 ** low)
        parts.append(f'<text x="{at:.1f}" y="{HEIGHT - MARGIN + 16}" text-anchor="middle">{x}</text>')
    for index, (name, points) in enumerate(rows.items()):
        colour = COLOURS[index % len(COLOURS)]
        path = " ".join(f"{'ML'[i > 0]}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(place(*point) for point in points))
        parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{MARGIN + 190 * index}" y="{HEIGHT - 14}" fill="{colour}">{name}</text>')
    (servers.BENCHMARKS / file).write_text("\n".join([*parts, "</svg>"]) + "\n")
