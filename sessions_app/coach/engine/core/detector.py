"""Speech told from silence by its level, in windows of 20 ms."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sessions_app.coach.protocol.session import RATE
from sessions_app.core.audio import rms
from sessions_app.core.quantile import LevelQuantile

WINDOW: Final = RATE // 50
QUIETEST_SPEECH: Final = 150.0
"""RMS; −47 dB below full scale. Nothing softer is taken for speech, however still the room."""
OVER_FLOOR: Final = 3.0
FLOOR_WINDOWS: Final = 8 * 50
"""The room's own sound is the tenth percentile of the last 8 s."""
UNKNOWN_ROOM: Final = 2 * 50
LOUDEST_UNKNOWN: Final = 200.0
"""Until 2 s were heard, somebody may have spoken from the start: no room is taken for louder."""
ONSET: Final = 3
"""Windows with voice in a row that begin speech: an interruption is heard after 60 ms."""
HYSTERESIS: Final = 0.6
"""Speech that has begun may sink to this share of the threshold."""


@dataclass(frozen=True, slots=True)
class Started:
    """Speech began with sample ``at``."""

    at: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """Speech ended with sample ``at``."""

    at: int


class SpeechGate:
    """Follows one microphone."""

    def __init__(self) -> None:
        self.threshold = 0.5
        self.silence_ms = 500
        self._floor = LevelQuantile(0.1, FLOOR_WINDOWS)
        self._seen = 0
        self.reset()

    def reset(self) -> None:
        """Forget the speech under way; what the room sounds like is kept."""
        self.in_speech = False
        self._voiced_in_a_row = 0
        self._last_voiced = 0

    def judge(self, window: NDArray[np.int16]) -> Started | Stopped | None:
        """Take the next window, of shape ``(WINDOW,)``; return what is now known."""
        level = rms(window)
        change = self._judge(level)
        self._floor.add(level)
        return change

    def _judge(self, level: float) -> Started | Stopped | None:
        self._seen += WINDOW
        needed = self._needed * (HYSTERESIS if self.in_speech else 1.0)
        self._voiced_in_a_row = self._voiced_in_a_row + 1 if level >= needed else 0
        if not self.in_speech:
            if self._voiced_in_a_row < ONSET:
                return None
            self.in_speech = True
            self._last_voiced = self._seen
            return Started(self._seen - ONSET * WINDOW)
        # One loud window is a click, and no reason to wait longer.
        if self._voiced_in_a_row >= 2:
            self._last_voiced = self._seen
        elif self._seen - self._last_voiced >= self.silence_ms * RATE // 1000:
            self.in_speech = False
            self._voiced_in_a_row = 0
            return Stopped(self._last_voiced)
        return None

    @property
    def _needed(self) -> float:
        """The RMS of speech: where ``threshold`` is 0.5, three times the room's own."""
        floor = self._floor.value
        if self._floor.count < UNKNOWN_ROOM:
            floor = min(floor, LOUDEST_UNKNOWN)
        middle = max(QUIETEST_SPEECH, OVER_FLOOR * floor)
        return middle * self.threshold / max(1e-6, 1.0 - self.threshold)
