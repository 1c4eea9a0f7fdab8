"""What captured audio is (PCM16LE, mono, 16 kHz, counted in samples), and how windows are cut."""

import math
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE: Final = 16_000
BYTES_PER_SAMPLE: Final = 2
BYTES_PER_SECOND: Final = SAMPLE_RATE * BYTES_PER_SAMPLE
CHUNK_SAMPLES: Final = 800
"""50 ms: a chunk as the browser cuts it, and a window of level, VAD and health."""
CHUNK_BYTES: Final = CHUNK_SAMPLES * BYTES_PER_SAMPLE
MAX_CHUNK_BYTES: Final = 64 * 1024
MAX_SPEECH_SECONDS: Final = 1_500
MAX_SPEECH_SAMPLES: Final = MAX_SPEECH_SECONDS * SAMPLE_RATE
FULL_SCALE: Final = 32_767


def refusal(chunk: bytes) -> str | None:
    """Why ``chunk`` cannot be PCM16LE audio, as a sentence to show; ``None`` when it can."""
    if len(chunk) % BYTES_PER_SAMPLE:
        return f"Audio chunk of {len(chunk)} bytes: its length must be a multiple of 2."
    if len(chunk) > MAX_CHUNK_BYTES:
        return (
            f"Audio chunk of {len(chunk)} bytes: its length must be a multiple of 2, "
            f"at most {MAX_CHUNK_BYTES}."
        )
    return None


def rms(window: NDArray[np.int16]) -> float:
    """Root mean square of ``window``, of shape ``(n,)`` with n > 0, in units of one step."""
    # float32 keeps seven digits of a sum below 2**40, which is more than a level needs.
    samples = window.astype(np.float32)
    return math.sqrt(float(np.dot(samples, samples)) / len(samples))


class Windower:
    """Cuts a stream of PCM into whole windows, the same ones however the stream was cut."""

    def __init__(self, samples: int = CHUNK_SAMPLES) -> None:
        self._bytes = samples * BYTES_PER_SAMPLE
        self._rest = b""

    def push(self, pcm: bytes) -> list[NDArray[np.int16]]:
        """Take the next PCM16LE bytes; return the windows completed, of shape ``(samples,)``."""
        if not self._rest and len(pcm) == self._bytes:
            return [np.frombuffer(pcm, dtype="<i2")]
        data = self._rest + pcm
        whole = len(data) // self._bytes * self._bytes
        self._rest = data[whole:]
        return [
            np.frombuffer(data, dtype="<i2", count=self._bytes // BYTES_PER_SAMPLE, offset=at)
            for at in range(0, whole, self._bytes)
        ]


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Windows of 50 ms that follow one another.

    ``samples`` has shape ``(n, 800)``; ``levels`` are the windows' root mean squares, in units of
    one step.
    """

    samples: NDArray[np.int16]
    levels: list[float]

    @classmethod
    def of(cls, pcm: bytes) -> Self:
        """``pcm`` (PCM16LE) holds whole windows."""
        samples = np.frombuffer(pcm, dtype="<i2").reshape(-1, CHUNK_SAMPLES)
        # Whole numbers below 2**53: their sum is exact, in whatever order it is made.
        values = samples.astype(np.float64)
        squares: list[float] = np.vecdot(values, values).tolist()
        return cls(samples, [math.sqrt(square / CHUNK_SAMPLES) for square in squares])

    def __len__(self) -> int:
        return len(self.levels)


class Blocks:
    """Cuts a stream of PCM into windows of 50 ms, the same ones however the stream was cut.

    Several at once cost little more than one: NumPy's price is by the call.

    Args:
        together: how many windows are given at once; only multiples of it are.
    """

    def __init__(self, together: int = 1) -> None:
        self._bytes = together * CHUNK_BYTES
        self._parts: list[bytes] = []
        self._held = 0

    def push(self, pcm: bytes) -> Windows | None:
        """Take the next PCM16LE bytes; return the windows completed, if there are any."""
        self._parts.append(pcm)
        self._held += len(pcm)
        if self._held < self._bytes:
            return None
        return self._give(self._held // self._bytes * self._bytes)

    def rest(self) -> Windows | None:
        """The whole windows that are left at the end; what is less than one is no window."""
        whole = self._held // CHUNK_BYTES * CHUNK_BYTES
        return self._give(whole) if whole else None

    def _give(self, count: int) -> Windows:
        data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._held -= count
        self._parts = [data[count:]] if self._held else []
        return Windows.of(data[:count])
