"""The seam behind which a window of sound is told to be speech or not."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class SpeechDetector(Protocol):
    """Judges consecutive windows of one speech. Pure: same windows, same answers."""

    window: int
    """Samples in a window, at 16 kHz."""

    def probability(self, window: NDArray[np.int16]) -> float:
        """The probability (0–1) that ``window``, of shape ``(self.window,)``, holds speech."""
        ...
