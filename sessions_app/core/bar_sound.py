"""What the sound says of each second of a speech: level, speech, and the samples for its pitch."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from evaluations.core.pitch import FRAME, track_frames
from sessions_app.core.audio import CHUNK_SAMPLES, FULL_SCALE, SAMPLE_RATE, Blocks, Windows
from sessions_app.core.vad import WINDOW_SECONDS
from sessions_app.detection import SpeechDetector

SILENCE_DB: Final = -90.0
"""Less than one step of the converter."""
SHOWN_WINDOWS: Final = 2
"""A forming second is told of every 100 ms."""
WINDOWS: Final = SAMPLE_RATE // CHUNK_SAMPLES
PITCH_WINDOWS: Final = 2
"""Of every second window the first 40 ms are a frame: ten a second tell a second's range, and every
frame of 10 ms would cost ten times as much."""
FEWEST_VOICED: Final = 3

Frame = NDArray[np.int16]
Percentiles = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Second:
    """A second of sound, or as much of it as there is.

    ``energy`` in dBFS: of its first window, the loudest, the quietest, the last. ``frames`` are
    there once it is ``complete``: those of its speech, for its pitch, each of shape ``(640,)``.
    """

    seq: int
    samples: int
    energy: tuple[float, float, float, float] | None
    voiced_seconds: float
    complete: bool = False
    frames: Sequence[Frame] = field(default=(), compare=False, repr=False)

    def without_frames(self) -> Self:
        """For who keeps it: they are a thousand times as big as all else of it."""
        return type(self)(self.seq, self.samples, self.energy, self.voiced_seconds, self.complete)


class SoundSeconds:
    """Cuts sound into seconds; the same ones however it was cut before."""

    def __init__(self, detector: SpeechDetector) -> None:
        self.samples = 0
        self._detector = detector
        self._blocks = Blocks()
        self._seq = 0
        self._levels: list[float] = []
        self._speech: list[bool] = []
        self._frames: list[Frame] = []

    def skip(self, seconds: int) -> None:
        """Begin with second ``seconds``: what came before is known."""
        self._seq = seconds
        self.samples = seconds * SAMPLE_RATE

    def warm_up(self, pcm: bytes) -> None:
        """Let the detector hear what came before."""
        windows = Blocks().push(pcm)
        if windows is not None:
            self._detector.probabilities(windows)

    def push(self, pcm: bytes, *, forming: bool) -> Iterator[Second]:
        """Take the next samples; gives the seconds that they complete.

        With ``forming`` it gives the one that forms as well, every 100 ms.
        """
        self.samples += len(pcm) // 2
        windows = self._blocks.push(pcm)
        if windows is None:
            return
        probabilities = self._detector.probabilities(windows)
        for at, (level, probability) in enumerate(zip(windows.levels, probabilities, strict=True)):
            self._take(windows, at, level, is_speech=probability >= 0.5)
            if len(self._levels) == WINDOWS:
                yield self._close(SAMPLE_RATE)
            elif forming and len(self._levels) % SHOWN_WINDOWS == 0:
                yield self._second(len(self._levels) * CHUNK_SAMPLES)

    def finish(self) -> Second | None:
        """The last second, which is shorter; None where less than a window is left of it."""
        if not self._levels:
            return None
        return self._close(self.samples - self._seq * SAMPLE_RATE)

    def _take(self, windows: Windows, at: int, level: float, *, is_speech: bool) -> None:
        if is_speech and len(self._levels) % PITCH_WINDOWS == 0:
            self._frames.append(windows.samples[at, :FRAME])
        self._levels.append(level)
        self._speech.append(is_speech)

    def _second(
        self, samples: int, *, complete: bool = False, frames: Sequence[Frame] = ()
    ) -> Second:
        levels = self._levels
        edges = (levels[0], max(levels), min(levels), levels[-1])
        return Second(
            seq=self._seq,
            samples=samples,
            energy=(decibels(edges[0]), decibels(edges[1]), decibels(edges[2]), decibels(edges[3])),
            voiced_seconds=round(sum(self._speech) * WINDOW_SECONDS, 3),
            complete=complete,
            frames=frames,
        )

    def _close(self, samples: int) -> Second:
        second = self._second(samples, complete=True, frames=self._frames)
        self._seq += 1
        self._levels, self._speech, self._frames = [], [], []
        return second


def decibels(level: float) -> float:
    """An RMS in steps of the converter as dBFS, to a tenth."""
    if level < 1:
        return SILENCE_DB
    return max(SILENCE_DB, round(20 * math.log10(level / FULL_SCALE), 1))


def pitch_percentiles(seconds: Sequence[Second]) -> list[Percentiles | None]:
    """10th percentile, median and 90th percentile of F0 in Hz over each second's speech.

    None where hardly anything is voiced. Many seconds at once, of whatever speeches, cost much less
    than one by one: a dozen take a millisecond or two.
    """
    frames = [frame for second in seconds for frame in second.frames]
    f0 = track_frames(np.array(frames).reshape(-1, FRAME)).tolist()
    found, start = [], 0
    for second in seconds:
        end = start + len(second.frames)
        found.append(_percentiles(sorted(hertz for hertz in f0[start:end] if hertz > 0)))
        start = end
    return found


def _percentiles(voiced: list[float]) -> Percentiles | None:
    if len(voiced) < FEWEST_VOICED:
        return None
    return _quantile(voiced, 0.1), _quantile(voiced, 0.5), _quantile(voiced, 0.9)


def _quantile(ordered: list[float], q: float) -> float:
    """Between the two values nearest to its place, to a tenth; NumPy is slow with a few values."""
    place = q * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return round(ordered[low] + (ordered[high] - ordered[low]) * (place - low), 1)
