"""A bar: what is told of one second of a speech."""

from dataclasses import dataclass
from typing import Self

from evaluations.core.shapes import CamelShape
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.core.bar_words import Four


class Candle(CamelShape):
    """A figure over a stretch of time: at its begin, the highest, the lowest, at its end."""

    open: float
    high: float
    low: float
    close: float


class PitchRange(CamelShape):
    """10th percentile, median and 90th percentile of F0 in Hz."""

    low: float
    mid: float
    high: float


class SpokenFiller(CamelShape):
    word: str
    at: float


class Bar(CamelShape):
    """One second of a speech, or a wider stretch made of several (``timeframes``).

    Seconds from the first sample; ``energy`` in dBFS, ``pace`` in words a minute. None: not
    measured.
    """

    seq: int
    t0: float
    t1: float
    rev: int
    final: bool
    words: int | None
    fillers: tuple[SpokenFiller, ...]
    pause_seconds: float | None
    voiced_seconds: float | None
    energy: Candle | None
    pitch: PitchRange | None
    pace: Candle | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a bar says: compared far more often than told, and so no message yet."""

    samples: int
    final: bool
    words: int | None
    fillers: tuple[tuple[str, float], ...]
    pause_seconds: float | None
    voiced_seconds: float | None
    energy: Four | None
    pitch: PitchRange | None
    pace: Four | None

    def bar(self, seq: int, rev: int) -> Bar:
        return Bar(
            seq=seq,
            t0=float(seq),
            t1=round(seq + self.samples / SAMPLE_RATE, 4),
            rev=rev,
            final=self.final,
            words=self.words,
            fillers=tuple(SpokenFiller(word=word, at=at) for word, at in self.fillers),
            pause_seconds=self.pause_seconds,
            voiced_seconds=self.voiced_seconds,
            energy=candle(self.energy),
            pitch=self.pitch,
            pace=candle(self.pace),
        )

    @classmethod
    def of(cls, bar: Bar) -> Self:
        """What a bar has said."""
        return cls(
            samples=round((bar.t1 - bar.t0) * SAMPLE_RATE),
            final=bar.final,
            words=bar.words,
            fillers=tuple((filler.word, filler.at) for filler in bar.fillers),
            pause_seconds=bar.pause_seconds,
            voiced_seconds=bar.voiced_seconds,
            energy=four(bar.energy),
            pitch=bar.pitch,
            pace=four(bar.pace),
        )


def candle(values: Four | None) -> Candle | None:
    """Four figures as a candle."""
    if values is None:
        return None
    first, highest, lowest, last = values
    return Candle(open=first, high=highest, low=lowest, close=last)


def four(candle: Candle | None) -> Four | None:
    """A candle's figures."""
    if candle is None:
        return None
    return candle.open, candle.high, candle.low, candle.close
