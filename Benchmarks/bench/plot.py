"""Plots as SVG: bars for a comparison, lines for what grows. Nothing but text is written."""

import math
from xml.sax.saxutils import escape

WIDTH, BAR, GAP, LABEL = 900, 16, 5, 250
OURS, PEER, LIMIT, GRID = "#0b6e4f", "#9aa5b1", "#c1121f", "#e3e7eb"
COLOURS = ("#0b6e4f", "#b8600b", "#4056a1", "#8c2f6b")


class Drawing:
    """Collects shapes and writes them with the size that they came to."""

    def __init__(self, width):
        self.width, self.height, self.shapes = width, 0, []

    def text(self, x, y, words, anchor="start", size=12, colour="#1f2933", bold=False):
        weight = ' font-weight="bold"' if bold else ""
        self.shapes.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{weight}>{escape(words)}</text>')

    def box(self, x, y, width, height, colour):
        self.shapes.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{height:.1f}" fill="{colour}"/>')

    def line(self, points, colour, width=1.5):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.shapes.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>')

    def dot(self, x, y, colour):
        self.shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>')

    def svg(self):
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height:.0f}" font-family="sans-serif">'
        back = f'<rect width="{self.width}" height="{self.height:.0f}" fill="white"/>'
        return "\n".join([head, back, *self.shapes, "</svg>", ""])


def bars(title, groups):
    """Groups of bars beneath each other.

    groups: (heading, unit, limit or None, [(name, value, is ours)]); each group has its own scale.
    """
    drawing, y = Drawing(WIDTH), 34
    drawing.text(16, y, title, size=16, bold=True)
    for heading, unit, limit, values in groups:
        y += 34
        drawing.text(16, y, heading, size=13, bold=True)
        y += 8
        scale = (WIDTH - LABEL - 90) / max([value for _, value, _ in values] + [limit or 0])
        top = y
        for name, value, is_ours in sorted(values, key=lambda row: row[1]):
            drawing.text(LABEL - 8, y + BAR - 4, name, anchor="end")
            drawing.box(LABEL, y, value * scale, BAR, OURS if is_ours else PEER)
            drawing.text(LABEL + value * scale + 5, y + BAR - 4, f"{value:,.3g} {unit}", size=11)
            y += BAR + GAP
        if limit:
            drawing.line([(LABEL + limit * scale, top - 2), (LABEL + limit * scale, y)], LIMIT)
    drawing.height = y + 30
    drawing.text(16, y + 18, "Red line: the limit that the parts allow, measured in the same run.", size=11, colour=LIMIT)
    return drawing.svg()


def curves(title, panels):
    """Panels beside each other in rows of two, both axes logarithmic.

    panels: (heading, name of x, name of y, [(name, [(x, y)])]).
    """
    drawing, size, height = Drawing(WIDTH), WIDTH / 2, 300
    drawing.text(16, 34, title, size=16, bold=True)
    for index, panel in enumerate(panels):
        draw_panel(drawing, panel, index % 2 * size, 50 + index // 2 * height, size, height)
    drawing.height = 60 + (len(panels) + 1) // 2 * height
    return drawing.svg()


def draw_panel(drawing, panel, left, top, width, height):
    heading, x_name, y_name, series = panel
    points = [point for _, values in series for point in values]
    x_range, y_range = decades([x for x, _ in points]), decades([y for _, y in points])
    box = (left + 64, top + 34, left + width - 24, top + height - 48)

    def place(point):
        x, y = (
            (math.log10(value) - low) / (high - low) for value, (low, high) in zip(point, (x_range, y_range))
        )
        return box[0] + x * (box[2] - box[0]), box[3] - y * (box[3] - box[1])

    drawing.text(left + 16, top + 18, heading, size=13, bold=True)
    for power in range(x_range[0], x_range[1] + 1):
        x, _ = place((10**power, 10 ** y_range[0]))
        drawing.line([(x, box[1]), (x, box[3])], GRID, 1)
        drawing.text(x, box[3] + 15, f"{10**power:,}", anchor="middle", size=10)
    for power in range(y_range[0], y_range[1] + 1):
        _, y = place((10 ** x_range[0], 10**power))
        drawing.line([(box[0], y), (box[2], y)], GRID, 1)
        drawing.text(box[0] - 5, y + 4, f"{10.0**power:,g}", anchor="end", size=10)
    drawing.text((box[0] + box[2]) / 2, box[3] + 32, x_name, anchor="middle", size=11)
    drawing.text(box[0], box[1] - 5, y_name, size=11)
    for index, (name, values) in enumerate(series):
        colour = COLOURS[index % len(COLOURS)]
        drawing.line([place(point) for point in values], colour)
        for point in values:
            drawing.dot(*place(point), colour)
        drawing.text(box[0] + 12 + 100 * index, box[1] + 14, name, size=11, colour=colour, bold=True)


def decades(values):
    """The powers of ten around values above zero."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)
