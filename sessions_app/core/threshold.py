"""The level from which sound counts as speech, learned from the sound itself."""

from typing import Final

from sessions_app.core.audio import CHUNK_SAMPLES, SAMPLE_RATE
from sessions_app.core.quantile import LevelQuantile, step_of

INITIAL_THRESHOLD: Final = 50.0
SPEECH_WINDOWS_BEFORE_ADAPTING: Final = 40
SHARE_OF_SPEECH_MEDIAN: Final = 0.15
FACTOR_OVER_NOISE_FLOOR: Final = 2.0
NOISE_FLOOR_WINDOWS: Final = 30 * SAMPLE_RATE // CHUNK_SAMPLES


class AdaptiveThreshold:
    """The RMS from which a window counts as speech, learned from the windows before it.

    50 until 40 windows of speech were heard; then 0.15 × the median level of speech, but at least
    twice the noise floor (the 10th percentile of the last 30 s).
    """

    def __init__(self) -> None:
        self._speech = LevelQuantile(0.5)
        self._floor = LevelQuantile(0.1, NOISE_FLOOR_WINDOWS)
        self.value = INITIAL_THRESHOLD

    def learn(self, level: float, *, is_speech: bool) -> None:
        """Take the RMS of the window just judged into account for the next one."""
        step = step_of(level)
        self._floor.add_step(step)
        if is_speech:
            self._speech.add_step(step)
        if self._speech.count >= SPEECH_WINDOWS_BEFORE_ADAPTING:
            self.value = max(
                SHARE_OF_SPEECH_MEDIAN * self._speech.value,
                FACTOR_OVER_NOISE_FLOOR * self._floor.value,
            )
