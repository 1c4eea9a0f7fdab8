"""A quantile of a stream of levels, in constant time and space per level."""

import math
from collections import deque
from typing import Final

_STEPS_PER_OCTAVE = 32  # 2.2 % a step: finer than any threshold built on it
_STEPS = 16 * _STEPS_PER_OCTAVE  # log2(32768 + 1) is a little over 15

# The level in the middle of each step.
_LEVELS: Final = tuple(2.0 ** ((step + 0.5) / _STEPS_PER_OCTAVE) - 1.0 for step in range(_STEPS))


def step_of(level: float) -> int:
    """The logarithmic step in which a level (RMS, 0–32,768) is counted."""
    return int(math.log2(level + 1.0) * _STEPS_PER_OCTAVE)


class LevelQuantile:
    """The ``q`` quantile of RMS levels, over the last ``window`` of them or over all.

    Levels are counted by their steps; a pointer stands at the step that holds the quantile and is
    moved by at most a few steps for each level.
    """

    def __init__(self, q: float, window: int | None = None) -> None:
        self._q = q
        self._window = window
        self._kept: deque[int] = deque()
        self._counts = [0] * _STEPS
        self._at = 0
        self._below = 0
        self.count = 0

    def add(self, level: float) -> None:
        """Count ``level`` (RMS, 0–32,768), and forget the one that leaves the window."""
        self.add_step(step_of(level))

    def add_step(self, step: int) -> None:
        """The same by the level's ``step_of``, for who asks several quantiles."""
        counts, at, below = self._counts, self._at, self._below
        counts[step] += 1
        if step < at:
            below += 1
        if self._window is not None:
            self._kept.append(step)
        if self.count != self._window:
            self.count += 1
        else:
            old = self._kept.popleft()
            counts[old] -= 1
            if old < at:
                below -= 1
        rank = self._q * (self.count - 1)
        while below > rank:
            at -= 1
            below -= counts[at]
        while below + counts[at] <= rank:
            below += counts[at]
            at += 1
        self._at, self._below = at, below

    @property
    def value(self) -> float:
        """The quantile, in the middle of its step; 0 before the first level."""
        return _LEVELS[self._at] if self.count else 0.0
