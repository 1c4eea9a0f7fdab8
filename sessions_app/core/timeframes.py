"""Wider bars out of bars of a second, each measure by its own rule; and speeches on one axis."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, TypeVar

from sessions_app.core.bar import Bar, Candle, PitchRange

N = TypeVar("N", int, float)

TIMEFRAMES: Final = {"1s": 1, "5s": 5, "15s": 15, "30s": 30, "1m": 60}
"""Each divides the next but one or two, so that a bar never crosses a wider one's border."""
AXIS_STEP: Final = 60


def aggregate(bars: Iterable[Bar], seconds: int, *, ended: bool) -> Iterator[Bar]:
    """Bars of ``seconds`` seconds out of bars that lie within them, in order and without gaps.

    ``ended`` says that no bar follows: then the last one need not be full to be final.
    """
    groups = [list(own) for _, own in groupby(bars, key=lambda bar: bar.seq // seconds)]
    for place, group in enumerate(groups):
        full = group[-1].t1 >= (group[0].seq // seconds + 1) * seconds
        yield joined(group, complete=full or (ended and place == len(groups) - 1))


def joined(bars: Sequence[Bar], *, complete: bool) -> Bar:
    """One bar over all of ``bars``, of which there is at least one."""
    first, last = bars[0], bars[-1]
    return Bar(
        seq=first.seq,
        t0=first.t0,
        t1=last.t1,
        rev=sum(bar.rev for bar in bars),
        final=complete and all(bar.final for bar in bars),
        words=_sum(bar.words for bar in bars),
        fillers=tuple(filler for bar in bars for filler in bar.fillers),
        pause_seconds=_rounded(_sum(bar.pause_seconds for bar in bars)),
        voiced_seconds=_rounded(_sum(bar.voiced_seconds for bar in bars)),
        energy=_candle([bar.energy for bar in bars if bar.energy is not None]),
        pitch=_pitch([bar for bar in bars if bar.pitch is not None]),
        pace=_candle([bar.pace for bar in bars if bar.pace is not None]),
    )


def axis_offset(seconds: float) -> int:
    """Where the next speech begins on an axis on which ``seconds`` are taken: at a whole minute."""
    return math.ceil(seconds / AXIS_STEP) * AXIS_STEP


def shifted(bar: Bar, offset: int) -> Bar:
    """The bar, ``offset`` seconds further on."""
    fillers = tuple(
        filler.model_copy(update={"at": round(filler.at + offset, 3)}) for filler in bar.fillers
    )
    moved = {"seq": bar.seq + offset, "t0": bar.t0 + offset, "t1": round(bar.t1 + offset, 4)}
    return bar.model_copy(update={**moved, "fillers": fillers})


def _sum(values: Iterable[N | None]) -> N | None:
    known = [value for value in values if value is not None]
    return sum(known[1:], known[0]) if known else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _candle(candles: Sequence[Candle]) -> Candle | None:
    if not candles:
        return None
    return Candle(
        open=candles[0].open,
        high=max(candle.high for candle in candles),
        low=min(candle.low for candle in candles),
        close=candles[-1].close,
    )


def _pitch(bars: Sequence[Bar]) -> PitchRange | None:
    ranges = [(bar.pitch, bar.voiced_seconds or 1.0) for bar in bars if bar.pitch is not None]
    if not ranges:
        return None
    # Intervals are heard by ratio: the mean of the logarithm.
    total = sum(weight for _, weight in ranges)
    mean = sum(math.log(pitch.mid) * weight for pitch, weight in ranges) / total
    return PitchRange(
        low=min(pitch.low for pitch, _ in ranges),
        mid=round(math.exp(mean), 1),
        high=max(pitch.high for pitch, _ in ranges),
    )
