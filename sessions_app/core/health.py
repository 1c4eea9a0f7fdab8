"""Whether the microphone gives audio that can be evaluated, over the last 10 s."""

from collections import deque
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from sessions_app.core.audio import CHUNK_SAMPLES, FULL_SCALE, Windows
from sessions_app.core.quantile import LevelQuantile, step_of
from sessions_app.core.threshold import AdaptiveThreshold
from sessions_app.core.vad import WINDOW_SECONDS

HealthKind = Literal["muted", "clipping", "noisy", "ok"]

WINDOWS: Final = round(10 / WINDOW_SECONDS)
MUTED_RMS: Final = 3.0
"""A muted input gives zeros or the converter's dither of one or two steps."""
MUTED_WINDOWS: Final = round(5 / WINDOW_SECONDS)
CLIPPED_SAMPLES: Final = CHUNK_SAMPLES // 100
CLIPPING_WINDOWS: Final = round(3 / WINDOW_SECONDS)
SPEECH_WINDOWS: Final = round(3 / WINDOW_SECONDS)
"""Noise is judged against speech, so there must be some."""
NOISY_RATIO: Final = 2.0  # 6 dB

MESSAGES: Final[dict[HealthKind, str]] = {
    "muted": "The microphone is silent. Check that it is plugged in and not muted.",
    "clipping": "The microphone is too loud and the sound is distorted. Lower its level.",
    "noisy": "The speech hardly stands out from the noise. Move the microphone closer.",
    "ok": "The microphone sounds fine.",
}


@dataclass(frozen=True, slots=True)
class AudioHealth:
    """The health changed to ``kind`` with the window that ends ``at_seconds``."""

    kind: HealthKind
    message: str
    at_seconds: float


class HealthMonitor:
    """Follows one speech; starts from ``ok`` and reports each change once."""

    def __init__(self) -> None:
        # Against the noise floor nothing would ever count as speech that is hardly above it.
        self._threshold = AdaptiveThreshold(over_floor=0)
        self._floor = LevelQuantile(0.1, WINDOWS)
        # The median of the louder half: the quieter half may be the room between the words.
        self._speech_levels = LevelQuantile(0.75, WINDOWS)
        self._recent: deque[tuple[bool, bool]] = deque(maxlen=WINDOWS)
        self._clipped = 0
        self._speech = 0
        self._muted_run = 0
        self._windows = 0
        self._kind: HealthKind = "ok"

    def judge(self, windows: Windows) -> list[AudioHealth]:
        """Judge the next windows; return the changes they bring."""
        changes: list[AudioHealth] = []
        for level, at_full_scale in zip(windows.levels, _at_full_scale(windows), strict=True):
            self._take(level, clipped=at_full_scale >= CLIPPED_SAMPLES)
            kind = self._kind_now()
            if kind != self._kind:
                self._kind = kind
                changes.append(AudioHealth(kind, MESSAGES[kind], self._windows * WINDOW_SECONDS))
        return changes

    def _take(self, level: float, *, clipped: bool) -> None:
        is_speech = level >= self._threshold.value
        self._threshold.learn(level, is_speech=is_speech)
        step = step_of(level)
        self._floor.add_step(step)
        if is_speech:
            self._speech_levels.add_step(step)
        if len(self._recent) == WINDOWS:
            old_clipped, old_speech = self._recent[0]
            self._clipped -= old_clipped
            self._speech -= old_speech
        self._recent.append((clipped, is_speech))
        self._clipped += clipped
        self._speech += is_speech
        self._muted_run = self._muted_run + 1 if level <= MUTED_RMS else 0
        self._windows += 1

    def _kind_now(self) -> HealthKind:
        if self._muted_run >= MUTED_WINDOWS:
            return "muted"
        if self._clipped >= CLIPPING_WINDOWS:
            return "clipping"
        if (
            self._windows >= WINDOWS
            and self._speech >= SPEECH_WINDOWS
            and self._speech_levels.value < NOISY_RATIO * self._floor.value
        ):
            return "noisy"
        return "ok"


def _at_full_scale(windows: Windows) -> list[int]:
    """How many samples of each window are at full scale."""
    samples = windows.samples
    # Windows far below full scale do not hold 1 % of samples there; most hold none.
    if max(windows.levels) <= FULL_SCALE * 0.09 or (
        samples.max() < FULL_SCALE and samples.min() > -FULL_SCALE
    ):
        return [0] * len(windows)
    clipped = (samples >= FULL_SCALE) | (samples <= -FULL_SCALE)
    return [int(count) for count in np.count_nonzero(clipped, axis=1)]
