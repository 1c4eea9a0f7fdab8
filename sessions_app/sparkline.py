"""A line of values as the points of an SVG: what a template draws without script or style."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 240, 56
# Room for the line's own thickness.
_EDGE = 6


@dataclass(frozen=True, slots=True)
class Sparkline:
    """``points`` is for a polyline in ``width`` × ``height``; "" for fewer than two values."""

    points: str
    width: int = WIDTH
    height: int = HEIGHT


def sparkline(values: Sequence[float]) -> Sparkline:
    """Values from left to right, the lowest at the bottom; values that are all one lie midway."""
    if len(values) < 2:
        return Sparkline("")
    low, high = min(values), max(values)
    step = (WIDTH - 2 * _EDGE) / (len(values) - 1)
    return Sparkline(
        " ".join(
            f"{_EDGE + index * step:.1f},{_height(value, low, high):.1f}"
            for index, value in enumerate(values)
        )
    )


def _height(value: float, low: float, high: float) -> float:
    share = 0.5 if high == low else (value - low) / (high - low)
    return HEIGHT - _EDGE - share * (HEIGHT - 2 * _EDGE)
