"""Sound made slower or faster without changing its pitch: overlapped and added by similarity.

WSOLA: Verhelst and Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for
high quality time-scale modification of speech", 1993.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sessions_app.coach.protocol.session import RATE

WINDOW: Final = RATE * 30 // 1000 // 2 * 2
_HOP: Final = WINDOW // 2
SEARCH: Final = RATE * 8 // 1000
"""How far from its place a window may be taken, so that it joins the one before."""
_FADE: Final = np.hanning(WINDOW + 1)[:WINDOW].astype(np.float32)


class Tempo:
    """Changes the speed of one sentence as its sound comes; ``speed`` 1.0 leaves it as it is."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._rest = b""
        # Silence before the first sample lets the search reach back from it.
        self._input: NDArray[np.float32] = np.zeros(SEARCH, dtype=np.float32)
        self._dropped = 0
        self._windows = 0
        self._tail: NDArray[np.float32] = np.zeros(_HOP, dtype=np.float32)
        self._wanted: NDArray[np.float32] | None = None

    def push(self, pcm: bytes) -> bytes:
        """Take the next PCM16LE; return what is ready."""
        if self._speed == 1.0:
            return pcm
        data = self._rest + pcm
        whole = len(data) // 2 * 2
        self._rest = data[whole:]
        samples = np.frombuffer(data[:whole], dtype="<i2").astype(np.float32)
        self._input = np.concatenate([self._input, samples])
        return self._made()

    def finish(self) -> bytes:
        """The end of the sentence."""
        if self._speed == 1.0:
            return b""
        padding = np.zeros(WINDOW + 2 * SEARCH + _HOP, dtype=np.float32)
        self._input = np.concatenate([self._input, padding])
        return self._made() + _pcm(self._tail)

    def _made(self) -> bytes:
        parts: list[bytes] = []
        while True:
            place = SEARCH + round(self._windows * _HOP * self._speed) - self._dropped
            if place + WINDOW + SEARCH + _HOP > len(self._input):
                return b"".join(parts)
            place = self._best(place)
            window = self._input[place : place + WINDOW] * _FADE
            parts.append(_pcm(self._tail + window[:_HOP]) if self._windows else b"")
            self._tail = window[_HOP:].copy()
            self._wanted = self._input[place + _HOP : place + _HOP + WINDOW].copy()
            self._windows += 1
            self._drop()

    def _best(self, place: int) -> int:
        """Where, near ``place``, the sound is most like what would have come next."""
        wanted = self._wanted
        if wanted is None or len(wanted) < WINDOW:
            return place
        stretch = self._input[place - SEARCH : place + SEARCH + WINDOW]
        likeness = np.correlate(stretch, wanted, mode="valid")
        squares = np.concatenate([[0.0], np.cumsum(np.square(stretch, dtype=np.float64))])
        energy = squares[WINDOW:] - squares[:-WINDOW]
        return place - SEARCH + int(np.argmax(likeness / np.sqrt(energy + 1.0)))

    def _drop(self) -> None:
        """Let go of what no window will be taken from."""
        upcoming = SEARCH + round(self._windows * _HOP * self._speed) - self._dropped
        spare = upcoming - SEARCH
        if spare > RATE:
            self._input = self._input[spare:].copy()
            self._dropped += spare


def _pcm(samples: NDArray[np.float32]) -> bytes:
    return np.clip(np.rint(samples), -32_768, 32_767).astype("<i2").tobytes()
