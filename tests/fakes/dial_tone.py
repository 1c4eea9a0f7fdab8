"""Speech that a machine can read: each word is a level of its own, held for as long as it lasts.

So a fake engine knows the words, and when they were said, from the samples alone: what it hears is
what really arrived, at the place where it really arrived.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
STEP = 16
"""Between the levels of two words."""


@dataclass(frozen=True)
class Said:
    """A word from ``start`` to ``end``, in seconds."""

    word: str
    start: float
    end: float


class Vocabulary:
    """The words that a test uses; the fake and the test share it."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = list(dict.fromkeys(words))
        assert len(self.words) * STEP < 28_000, "levels are 16 bits"

    def level(self, word: str) -> int:
        return 2_000 + STEP * self.words.index(word)

    def word(self, level: int) -> str | None:
        index, rest = divmod(level - 2_000, STEP)
        return self.words[index] if rest == 0 and 0 <= index < len(self.words) else None

    def sound(self, said: Iterable[Said], seconds: float) -> bytes:
        """PCM16LE, 16 kHz, of ``seconds`` in which ``said`` is said."""
        samples = np.zeros(round(seconds * SAMPLE_RATE), dtype="<i2")
        for one in said:
            samples[_at(one.start) : _at(one.end)] = self.level(one.word)
        return samples.tobytes()

    def heard(self, samples: NDArray[np.int16]) -> list[Said]:
        """The words in ``samples``, their times from its beginning."""
        if not len(samples):
            return []
        edges = np.flatnonzero(np.diff(samples)) + 1
        starts, ends = [0, *edges.tolist()], [*edges.tolist(), len(samples)]
        found = []
        for start, end in zip(starts, ends, strict=True):
            word = self.word(int(samples[start]))
            if word is not None:
                found.append(Said(word, start / SAMPLE_RATE, end / SAMPLE_RATE))
        return found


def spoken(
    text: str, start: float = 0.2, word: float = 0.2, gap: float = 0.05
) -> tuple[list[Said], float]:
    """``text`` word by word from ``start`` on, and the time at which it ends."""
    said = []
    for one in text.split():
        said.append(Said(one, round(start, 3), round(start + word, 3)))
        start += word + gap
    return said, round(start, 3)


def _at(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)
