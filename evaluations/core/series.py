"""The sound of a speech as two short series: loudness and pitch, grown while the speech runs."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from evaluations.core.pitch import FRAME, HOP, track_block

SAMPLE_RATE = 16_000
RMS_WINDOW_SECONDS = 0.25
# A window holds speech above this share of the median level; measures.md, "Level, VAD, health".
SPEECH_SHARE = 0.15
F0_HOP_SECONDS = HOP / SAMPLE_RATE
_RMS_WINDOW = int(SAMPLE_RATE * RMS_WINDOW_SECONDS)
_BLOCK_FRAMES = 200


def _empty() -> NDArray[np.float32]:
    return np.zeros(0, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class AudioSeries:
    """What is kept of the sound.

    ``rms`` has shape ``(windows,)``, Int16 units, one per whole 250 ms window. ``f0`` has shape
    ``(frames,)``, Hz, one per 10 ms frame whose 40 ms begin at the frame's time; 0 where unvoiced.
    """

    duration_seconds: float
    rms: NDArray[np.float32] = field(default_factory=_empty)
    f0: NDArray[np.float32] = field(default_factory=_empty)


class LevelBuilder:
    """Grows an :class:`AudioSeries` without pitch, from samples as ``SeriesBuilder`` takes them."""

    def __init__(self) -> None:
        self._samples = 0
        self._rms: list[float] = []
        self._rms_rest = np.zeros(0, dtype=np.int16)

    @property
    def samples(self) -> int:
        """How many samples were pushed."""
        return self._samples

    def push(self, samples: NDArray[np.int16]) -> None:
        """Take the next samples, shape ``(n,)``.

        Raises:
            ValueError: not a flat array of Int16.
        """
        if samples.dtype != np.int16 or samples.ndim != 1:
            raise ValueError("samples must be a flat int16 array")
        self._samples += len(samples)
        pending = np.concatenate([self._rms_rest, samples])
        whole = len(pending) // _RMS_WINDOW
        windows = pending[: whole * _RMS_WINDOW].reshape(whole, _RMS_WINDOW).astype(np.float64)
        self._rms.extend(np.sqrt(np.mean(windows * windows, axis=1)).tolist())
        self._rms_rest = pending[whole * _RMS_WINDOW :].copy()

    def finish(self) -> AudioSeries:
        """The series of everything pushed so far; more may be pushed afterwards."""
        return AudioSeries(
            duration_seconds=self._samples / SAMPLE_RATE,
            rms=np.array(self._rms, dtype=np.float32),
        )


class SeriesBuilder(LevelBuilder):
    """Grows an :class:`AudioSeries` from samples (16 kHz mono Int16) cut in any way.

    Pitch is tracked in blocks of two seconds at fixed places of the sample clock, so that the
    same samples give the same series to the bit however they were cut, and that after the last
    sample at most one block is left to do. A block costs a few milliseconds: off the event loop.
    """

    def __init__(self) -> None:
        super().__init__()
        self._f0: list[NDArray[np.float32]] = []
        self._f0_rest = np.zeros(0, dtype=np.int16)

    def push(self, samples: NDArray[np.int16]) -> None:
        """See ``LevelBuilder.push``."""
        super().push(samples)
        self._grow_f0(samples)

    def finish(self) -> AudioSeries:
        """See ``LevelBuilder.finish``."""
        tail = track_block(self._f0_rest, _frames_in(len(self._f0_rest)))
        f0 = np.concatenate([*self._f0, tail]) if self._f0 else tail
        return replace(super().finish(), f0=f0)

    def _grow_f0(self, samples: NDArray[np.int16]) -> None:
        pending = np.concatenate([self._f0_rest, samples])
        step = _BLOCK_FRAMES * HOP
        start = 0
        while _frames_in(len(pending) - start) >= _BLOCK_FRAMES:
            self._f0.append(track_block(pending[start : start + step + FRAME - HOP], _BLOCK_FRAMES))
            start += step
        self._f0_rest = pending[start:].copy()


def _frames_in(samples: int) -> int:
    return max(0, (samples - FRAME) // HOP + 1) if samples >= FRAME else 0
