"""What the sound says of each second of a speech: level, speech, and the samples for its pitch."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evaluations.core.pitch import FRAME, track_block
from sessions_app.core.audio import CHUNK_SAMPLES, FULL_SCALE, SAMPLE_RATE, Windower, rms
from sessions_app.core.vad import WINDOW_SECONDS, probability
from sessions_app.detection import SpeechDetector

SILENCE_DB: Final = -90.0
"""Less than one step of the converter."""
SHOWN_WINDOWS: Final = 2
"""A forming second is told of every 100 ms."""
WINDOWS: Final = SAMPLE_RATE // CHUNK_SAMPLES
PITCH_HOP: Final = 2 * CHUNK_SAMPLES
"""Ten frames a second tell a second's range; every frame of 10 ms costs ten times as much."""
FEWEST_VOICED: Final = 3


@dataclass(frozen=True, slots=True)
class Second:
    """A second of sound, or as much of it as there is.

    ``energy`` in dBFS: of its first window, the loudest, the quietest, the last. ``pcm`` is there
    once it is ``complete``, ``speech`` says which of its windows hold speech.
    """

    seq: int
    samples: int
    energy: tuple[float, float, float, float] | None
    voiced_seconds: float
    complete: bool = False
    pcm: bytes = b""
    speech: tuple[bool, ...] = ()


class SoundSeconds:
    """Cuts sound into seconds; the same ones however it was cut before.

    Raises:
        ValueError: the detector's window does not divide 50 ms.
    """

    def __init__(self, detector: SpeechDetector) -> None:
        if CHUNK_SAMPLES % detector.window:
            raise ValueError(f"A detector's window must divide {CHUNK_SAMPLES} samples")
        self.samples = 0
        self._detector = detector
        self._windower = Windower()
        self._seq = 0
        self._levels: list[float] = []
        self._speech: list[bool] = []
        self._pcm: list[bytes] = []

    def skip(self, seconds: int) -> None:
        """Begin with second ``seconds``: what came before is known."""
        self._seq = seconds
        self.samples = seconds * SAMPLE_RATE

    def warm_up(self, pcm: bytes) -> None:
        """Let the detector hear what came before."""
        for window in Windower().push(pcm):
            probability(self._detector, window)

    def push(self, pcm: bytes) -> Iterator[Second]:
        """Take the next samples; gives the seconds that they complete, and the one that forms."""
        self.samples += len(pcm) // 2
        for window in self._windower.push(pcm):
            self._levels.append(decibels(rms(window)))
            self._speech.append(probability(self._detector, window) >= 0.5)
            self._pcm.append(window.tobytes())
            if len(self._levels) == WINDOWS:
                yield self._close(SAMPLE_RATE)
            elif len(self._levels) % SHOWN_WINDOWS == 0:
                yield self._second(len(self._levels) * CHUNK_SAMPLES)

    def finish(self) -> Second | None:
        """The last second, which is shorter; None where less than a window is left of it."""
        if not self._levels:
            return None
        return self._close(self.samples - self._seq * SAMPLE_RATE)

    def _second(self, samples: int, *, complete: bool = False) -> Second:
        levels = self._levels
        return Second(
            seq=self._seq,
            samples=samples,
            energy=(levels[0], max(levels), min(levels), levels[-1]),
            voiced_seconds=round(sum(self._speech) * WINDOW_SECONDS, 3),
            complete=complete,
            pcm=b"".join(self._pcm) if complete else b"",
            speech=tuple(self._speech) if complete else (),
        )

    def _close(self, samples: int) -> Second:
        second = self._second(samples, complete=True)
        self._seq += 1
        self._levels, self._speech, self._pcm = [], [], []
        return second


def decibels(level: float) -> float:
    """An RMS in steps of the converter as dBFS, to a tenth."""
    if level < 1:
        return SILENCE_DB
    return max(SILENCE_DB, round(20 * math.log10(level / FULL_SCALE), 1))


def pitch_percentiles(second: Second) -> tuple[float, float, float] | None:
    """10th percentile, median and 90th percentile of F0 in Hz over the second's speech.

    None where hardly anything is voiced. A millisecond's work: off the event loop.
    """
    samples = np.frombuffer(second.pcm, dtype="<i2")
    f0 = track_block(samples, _frames(len(samples)), hop=PITCH_HOP)
    spoken = np.array(second.speech, dtype=np.bool_)[:: PITCH_HOP // CHUNK_SAMPLES][: len(f0)]
    voiced: NDArray[np.float32] = f0[(f0 > 0) & spoken]
    if len(voiced) < FEWEST_VOICED:
        return None
    low, mid, high = np.percentile(voiced, (10, 50, 90))
    return round(float(low), 1), round(float(mid), 1), round(float(high), 1)


def _frames(samples: int) -> int:
    return (samples - FRAME) // PITCH_HOP + 1 if samples >= FRAME else 0
