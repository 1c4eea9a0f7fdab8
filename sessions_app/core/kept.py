"""Audio that may be needed again: whatever no engine has made final yet."""

from sessions_app.core.audio import BYTES_PER_SAMPLE
from sessions_app.core.pieces import Pieces


class KeptAudio:
    """The latest samples of a speech, PCM16LE, up to ``limit`` samples.

    Attributes:
        first: the sample at which it begins. Samples before it are gone.
    """

    def __init__(self, first: int, limit: int) -> None:
        self.first = first
        self._limit = limit
        self._pcm = Pieces()

    @property
    def end(self) -> int:
        """The sample after the last one."""
        return self.first + len(self._pcm) // BYTES_PER_SAMPLE

    @property
    def full(self) -> bool:
        return self.end - self.first > self._limit

    def push(self, pcm: bytes) -> None:
        self._pcm.push(pcm)

    def forget(self, sample: int) -> int:
        """Let go of what is before ``sample``; says how many samples that were."""
        count = min(max(0, sample - self.first), self.end - self.first)
        self._pcm.forget(count * BYTES_PER_SAMPLE)
        self.first += count
        return count

    def read(self, sample: int, most: int) -> bytes:
        """Up to ``most`` samples from ``sample`` on."""
        start = max(0, sample - self.first) * BYTES_PER_SAMPLE
        return self._pcm.read(start, start + most * BYTES_PER_SAMPLE)
