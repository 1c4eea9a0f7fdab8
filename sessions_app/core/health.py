"""Whether the microphone gives audio that can be evaluated, over the last 10 s."""

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from sessions_app.core.audio import CHUNK_SAMPLES, FULL_SCALE, Windows
from sessions_app.core.threshold import (
    INITIAL_THRESHOLD,
    SHARE_OF_SPEECH_MEDIAN,
    SPEECH_WINDOWS_BEFORE_ADAPTING,
)
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
NOISE_JUDGED_WINDOWS: Final = round(1 / WINDOW_SECONDS)
"""Speech is held against the noise once a second: to order ten seconds of levels costs as much as
all else that is done for such a second here."""

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
        self._levels: deque[float] = deque(maxlen=WINDOWS)
        self._clipped: deque[bool] = deque([False] * WINDOWS, maxlen=WINDOWS)
        self._clipped_count = 0
        self._muted_run = 0
        self._windows = 0
        self._threshold = INITIAL_THRESHOLD
        self._noisy = False
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
        self._levels.append(level)
        self._clipped_count += clipped - self._clipped[0]
        self._clipped.append(clipped)
        self._muted_run = self._muted_run + 1 if level <= MUTED_RMS else 0
        self._windows += 1
        if self._windows % NOISE_JUDGED_WINDOWS == 0:
            self._noisy = self._judge_noise() and self._windows >= WINDOWS

    def _judge_noise(self) -> bool:
        """Whether the speech of the last 10 s is hardly above what is between it."""
        levels = sorted(self._levels)
        # Against the noise floor nothing would ever count as speech that is hardly above it.
        speech = levels[bisect_left(levels, self._threshold) :]
        if len(speech) >= SPEECH_WINDOWS_BEFORE_ADAPTING:
            self._threshold = SHARE_OF_SPEECH_MEDIAN * _quantile(speech, 0.5)
        # The median of the louder half: the quieter half may be the room between the words.
        return len(speech) >= SPEECH_WINDOWS and _quantile(speech, 0.75) < NOISY_RATIO * _quantile(
            levels, 0.1
        )

    def _kind_now(self) -> HealthKind:
        if self._muted_run >= MUTED_WINDOWS:
            return "muted"
        if self._clipped_count >= CLIPPING_WINDOWS:
            return "clipping"
        return "noisy" if self._noisy else "ok"


def _quantile(ordered: list[float], q: float) -> float:
    return ordered[int(q * (len(ordered) - 1))]


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
