"""Speech told from silence by its level: the default, without a model."""

from sessions_app.core.audio import Windows
from sessions_app.core.threshold import AdaptiveThreshold


class EnergyDetector:
    """Compares the level of each 50 ms window with a threshold that adapts to the speech."""

    def __init__(self) -> None:
        self._threshold = AdaptiveThreshold()

    def probabilities(self, windows: Windows) -> list[float]:
        """0.5 at the threshold; level / (level + threshold) elsewhere."""
        found = []
        for level in windows.levels:
            threshold = self._threshold.value
            self._threshold.learn(level, is_speech=level >= threshold)
            found.append(level / (level + threshold))
        return found
