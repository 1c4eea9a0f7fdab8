"""Voice activity: how loud it is, whether somebody speaks, and when the speech seems to be over.

Each window of 50 ms is judged, in constant time however long the speech is. The events are the same
however the samples were cut.
"""

import math
from dataclasses import dataclass
from typing import Final

from sessions_app.core.audio import CHUNK_SAMPLES, SAMPLE_RATE, Windows
from sessions_app.detection import SpeechDetector

WINDOW_SECONDS: Final = CHUNK_SAMPLES / SAMPLE_RATE
LOWEST_PEAK: Final = 100.0
PEAK_DECAY: Final = 0.5 ** (WINDOW_SECONDS / 10)
"""Per window: the peak halves in 10 s, so that one slammed door does not flatten the meter."""
STATUS_WINDOWS: Final = round(0.25 / WINDOW_SECONDS)
AUDIO_WINDOWS_BEFORE_END: Final = round(10 / WINDOW_SECONDS)
SPEECH_WINDOWS_BEFORE_END: Final = round(3 / WINDOW_SECONDS)


@dataclass(frozen=True, slots=True)
class VadStatus:
    """The level (0–1 of the recent peak) and the verdict on the window that ends ``at_seconds``."""

    energy: float
    is_speech: bool
    at_seconds: float


@dataclass(frozen=True, slots=True)
class SpeechEnd:
    """The speech seems to be over: a suggestion, once per silence."""

    silence_duration_seconds: float
    at_seconds: float


class Vad:
    """Follows one speech.

    Args:
        detector: tells speech from silence.
        silence_threshold_seconds: how long a silence must be to suggest that the speech is over.
        enabled: whether to suggest it at all; the status flows in any case.
    """

    def __init__(
        self,
        detector: SpeechDetector,
        silence_threshold_seconds: float,
        *,
        enabled: bool = True,
    ) -> None:
        # The tolerance is a thousandth of a window: thresholds are decimal, windows are counted.
        self._silence_windows = math.ceil(silence_threshold_seconds / WINDOW_SECONDS - 1e-3)
        self._enabled = enabled
        self._detector = detector
        self._peak = 0.0
        self._windows = 0
        self._speech_windows = 0
        self._silent_windows = 0
        self._armed = True

    def judge(self, windows: Windows) -> list[VadStatus | SpeechEnd]:
        """Judge the next windows; return what they bring about."""
        events: list[VadStatus | SpeechEnd] = []
        probabilities = self._detector.probabilities(windows)
        for level, probability in zip(windows.levels, probabilities, strict=True):
            self._take(level, events, is_speech=probability >= 0.5)
        return events

    def _take(
        self,
        level: float,
        events: list[VadStatus | SpeechEnd],
        *,
        is_speech: bool,
    ) -> None:
        self._peak = max(level, self._peak * PEAK_DECAY)
        self._windows += 1
        if is_speech:
            self._speech_windows += 1
            self._silent_windows = 0
            self._armed = True
        else:
            self._silent_windows += 1
        if self._windows % STATUS_WINDOWS == 0:
            energy = min(1.0, level / max(self._peak, LOWEST_PEAK))
            events.append(VadStatus(energy, is_speech, self._windows * WINDOW_SECONDS))
        if self._silent_windows >= self._silence_windows and self._seems_over():
            self._armed = False
            events.append(
                SpeechEnd(self._silent_windows * WINDOW_SECONDS, self._windows * WINDOW_SECONDS)
            )

    def _seems_over(self) -> bool:
        return (
            self._enabled
            and self._armed
            and self._windows >= AUDIO_WINDOWS_BEFORE_END
            and self._speech_windows >= SPEECH_WINDOWS_BEFORE_END
        )
