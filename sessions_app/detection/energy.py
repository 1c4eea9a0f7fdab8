"""Speech told from silence by its level: the default, without a model."""

import numpy as np
from numpy.typing import NDArray

from sessions_app.core.audio import CHUNK_SAMPLES, rms
from sessions_app.core.threshold import AdaptiveThreshold


class EnergyDetector:
    """Compares the level of each 50 ms window with a threshold that adapts to the speech."""

    window = CHUNK_SAMPLES

    def __init__(self) -> None:
        self._threshold = AdaptiveThreshold()

    def probability(self, window: NDArray[np.int16]) -> float:
        """0.5 at the threshold; level / (level + threshold) elsewhere."""
        level = rms(window)
        threshold = self._threshold.value
        self._threshold.learn(level, is_speech=level >= threshold)
        return level / (level + threshold)
