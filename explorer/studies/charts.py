"""The curves of a study as an SVG of its own, for a report that opens without this program."""

import math
from collections.abc import Sequence
from html import escape

from explorer.studies.results import Curve, Middle

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 300, 56, 40, 12, 12
COLOURS = ("#1f6fb4", "#c4570a", "#1b7f4d", "#8a3fa0", "#8a6d00", "#a3324a")
DASHES = ("", "6 3", "2 3", "8 3 2 3")


def factor_svg(curves: Sequence[Curve], quantity: str, label: str) -> str:
    """The medians of a quantity along one factor, one line for each curve, with bars for the intervals.

    The values of the factor stand in their order at equal distances. Empty where nothing has finished.
    """
    values = list(dict.fromkeys(value for curve in curves for value, _cell in curve.points))
    points = [
        [(values.index(value), cell.middles[quantity]) for value, cell in curve.points if cell.middles[quantity].values]
        for curve in curves
    ]
    ends = [end for each in points for _place, middle in each for end in _ends(middle)]
    if not ends:
        return ""
    scale = _Scale(len(values), min(0.0, *ends), max(ends) or 1.0)
    parts = [_axes(scale, values, curves[0].factor, label)]
    parts += [_line(scale, each, number) for number, each in enumerate(points)]
    head = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}" xmlns="http://www.w3.org/2000/svg">'
    return "".join([head, *parts, "</svg>", _legend(curves)])


class _Scale:
    """From values to places in the picture."""

    def __init__(self, count: int, low: float, high: float) -> None:
        self.low, self.high = low, high if high > low else low + 1.0
        self._step = (WIDTH - LEFT - RIGHT) / count

    def x(self, place: int) -> float:
        return round(LEFT + self._step * (place + 0.5), 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - BOTTOM - (value - self.low) / (self.high - self.low) * (HEIGHT - BOTTOM - TOP), 1)


def _ends(middle: Middle) -> tuple[float, ...]:
    return (middle.median, *middle.interval) if middle.interval else (middle.median,)


def _axes(scale: _Scale, values: Sequence[float | str], factor: str, label: str) -> str:
    ticks = [scale.low + (scale.high - scale.low) * part / 4 for part in range(5)]
    parts = [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{scale.y(tick)}" y2="{scale.y(tick)}"/>'
        f'<text x="{LEFT - 6}" y="{scale.y(tick) + 4}" text-anchor="end">{tick:.3g}</text>'
        for tick in ticks
    ]
    parts += [
        f'<text x="{scale.x(place)}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{escape(str(value)[:12])}</text>'
        for place, value in enumerate(values)
    ]
    parts.append(
        f'<text x="{WIDTH // 2}" y="{HEIGHT - 6}" text-anchor="middle">{escape(factor)}: {escape(label)}</text>'
    )
    return "".join(parts)


def _line(scale: _Scale, points: Sequence[tuple[int, Middle]], number: int) -> str:
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    path = " ".join(f"{scale.x(place)},{scale.y(middle.median)}" for place, middle in points)
    parts = [f'<polyline fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}" points="{path}"/>']
    for place, middle in points:
        x, y = scale.x(place), scale.y(middle.median)
        parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>')
        if middle.interval and math.isfinite(middle.interval.low):
            low, high = scale.y(middle.interval.low), scale.y(middle.interval.high)
            parts.append(f'<line stroke="{colour}" x1="{x}" x2="{x}" y1="{low}" y2="{high}"/>')
    return "".join(parts)


def _legend(curves: Sequence[Curve]) -> str:
    names = [
        f'<li><span style="color:{COLOURS[number % len(COLOURS)]}">■</span> {escape(curve.name)}</li>'
        for number, curve in enumerate(curves)
    ]
    return f'<ul class="legend">{"".join(names)}</ul>'
