"""A quantile of a stream of levels, in constant time and space per level."""

import math
from collections import deque

_STEPS_PER_OCTAVE = 32  # 2.2 % a step: finer than any threshold built on it
_BINS = 16 * _STEPS_PER_OCTAVE  # log2(32768 + 1) is a little over 15


class LevelQuantile:
    """The ``q`` quantile of RMS levels, over the last ``window`` of them or over all.

    Levels are counted in logarithmic bins; a pointer stands at the bin that holds the quantile and
    is moved by at most a few bins for each level.
    """

    def __init__(self, q: float, window: int | None = None) -> None:
        self._q = q
        self._window = window
        self._kept: deque[int] = deque()
        self._bins = [0] * _BINS
        self._bin = 0
        self._below = 0
        self.count = 0

    def add(self, level: float) -> None:
        """Count ``level`` (RMS, 0–32,768), and forget the one that leaves the window."""
        bins = self._bins
        new = int(math.log2(level + 1.0) * _STEPS_PER_OCTAVE)
        bins[new] += 1
        if new < self._bin:
            self._below += 1
        if self._window is None:
            self.count += 1
        else:
            self._forget(new)
        rank = self._q * (self.count - 1)
        while self._below > rank:
            self._bin -= 1
            self._below -= bins[self._bin]
        while self._below + bins[self._bin] <= rank:
            self._below += bins[self._bin]
            self._bin += 1

    def _forget(self, new: int) -> None:
        self._kept.append(new)
        if self.count != self._window:
            self.count += 1
            return
        old = self._kept.popleft()
        self._bins[old] -= 1
        if old < self._bin:
            self._below -= 1

    @property
    def value(self) -> float:
        """The quantile, in the middle of its bin; 0 before the first level."""
        if not self.count:
            return 0.0
        return float(2.0 ** ((self._bin + 0.5) / _STEPS_PER_OCTAVE) - 1.0)
