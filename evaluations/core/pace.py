"""Speaking rate over time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evaluations.core.shapes import CamelShape, Word

WINDOW_SECONDS = 30.0
STRIDE_SECONDS = 10.0
# Words a minute in which most listeners follow easily; measures.md, "Metrics": where it was left
# is reported, and more is never better.
BAND = (100, 165)


class PaceWindow(CamelShape):
    start: float
    end: float
    words_per_minute: float


class Pace(CamelShape):
    """Words per minute in windows of 30 s every 10 s; ``spread`` is their standard deviation."""

    windows: tuple[PaceWindow, ...]
    mean: float
    spread: float
    fastest: PaceWindow | None
    slowest: PaceWindow | None


def pace(words: Sequence[Word], duration: float) -> Pace:
    """The pace of timed ``words`` that take ``duration`` seconds from first to last.

    A word belongs to the window its middle falls in. The last window ends with the last word; a
    speech shorter than 30 s is one window.
    """
    if not words or duration <= 0:
        return Pace(windows=(), mean=0, spread=0, fastest=None, slowest=None)
    begin = words[0].start_time
    middles = np.array([(word.start_time + word.end_time) / 2 for word in words])
    length = min(WINDOW_SECONDS, duration)
    offsets = [float(at) for at in np.arange(0.0, duration - length + 1e-6, STRIDE_SECONDS)]
    if duration - length - offsets[-1] > STRIDE_SECONDS / 2:
        offsets.append(duration - length)
    windows = tuple(_window(middles, begin + offset, length) for offset in offsets)
    rates = [window.words_per_minute for window in windows]
    return Pace(
        windows=windows,
        mean=round(float(np.mean(rates)), 1),
        spread=round(float(np.std(rates)), 1),
        fastest=max(windows, key=lambda window: window.words_per_minute),
        slowest=min(windows, key=lambda window: window.words_per_minute),
    )


def _window(middles: NDArray[np.float64], start: float, length: float) -> PaceWindow:
    count = int(((middles >= start - 1e-9) & (middles <= start + length + 1e-9)).sum())
    return PaceWindow(
        start=round(start, 2),
        end=round(start + length, 2),
        words_per_minute=round(count * 60 / length, 1),
    )
