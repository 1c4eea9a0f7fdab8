"""Bars of several seconds, made of those of one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_app.core.bar import Bar
from sessions_app.core.timeframes import TIMEFRAMES, aggregate


@st.composite
def bars_of(draw) -> list[Bar]:
    """Bars as a builder may give them, of any content."""
    count = draw(st.integers(1, 70))
    number = st.integers(-900, -1).map(lambda tenth: tenth / 10)
    bars = []
    for seq in range(count):
        low, first, last, high = sorted(draw(st.tuples(number, number, number, number)))
        candle = {"open": first, "high": high, "low": low, "close": last}
        hertz = draw(st.none() | st.tuples(*[st.integers(60, 500)] * 3).map(sorted))
        bars.append(
            Bar.model_validate(
                {
                    "seq": seq,
                    "t0": seq,
                    "t1": seq + 1,
                    "rev": draw(st.integers(1, 30)),
                    "final": draw(st.booleans()),
                    "words": draw(st.none() | st.integers(0, 6)),
                    "fillers": [{"word": "um", "at": seq}] * draw(st.integers(0, 2)),
                    "pause_seconds": draw(st.none() | st.sampled_from([0.0, 0.25, 1.0])),
                    "voiced_seconds": draw(st.none() | st.sampled_from([0.05, 0.5, 1.0])),
                    "energy": draw(st.none() | st.just(candle)),
                    "pitch": dict(zip(("low", "mid", "high"), hertz, strict=True))
                    if hertz
                    else None,
                    "pace": draw(st.none() | st.just(candle)),
                }
            )
        )
    return bars


@settings(max_examples=30)
@given(bars_of(), st.booleans())
def test_wider_bars_keep_the_sums_and_the_extremes(bars, ended):
    for name, seconds in TIMEFRAMES.items():
        wide = list(aggregate(bars, seconds, ended=ended))
        assert [bar.seq for bar in wide] == list(range(0, len(bars), seconds)), name
        assert sum(bar.words or 0 for bar in wide) == sum(bar.words or 0 for bar in bars)
        assert sum(bar.rev for bar in wide) == sum(bar.rev for bar in bars)
        assert sum(bar.pause_seconds or 0 for bar in wide) == pytest.approx(
            sum(bar.pause_seconds or 0 for bar in bars)
        )
        assert [f for bar in wide for f in bar.fillers] == [f for bar in bars for f in bar.fillers]
        highest = [bar.energy.high for bar in bars if bar.energy]
        assert max((bar.energy.high for bar in wide if bar.energy), default=None) == max(
            highest, default=None
        )
        for bar in wide:
            own = bars[bar.seq : bar.seq + seconds]
            assert bar.final == (
                all(one.final for one in own)
                and (len(own) == seconds or (ended and bar is wide[-1]))
            )
            if bar.pitch is not None:
                assert bar.pitch.low <= bar.pitch.mid <= bar.pitch.high


@settings(max_examples=30)
@given(bars_of(), st.booleans())
def test_wide_bars_widen_as_the_bars_they_are_made_of(bars, ended):
    for narrow, wide in ((5, 15), (15, 30), (30, 60), (5, 60)):
        twice = list(aggregate(aggregate(bars, narrow, ended=ended), wide, ended=ended))
        once = list(aggregate(bars, wide, ended=ended))
        assert [_but_pitch(bar) for bar in twice] == [_but_pitch(bar) for bar in once]
        for one, other in zip(once, twice, strict=True):
            assert (one.pitch is None) == (other.pitch is None)
            if one.pitch and other.pitch:
                assert (one.pitch.low, one.pitch.high) == (other.pitch.low, other.pitch.high)


@settings(max_examples=30)
@given(bars_of(), st.integers(0, 100))
def test_a_change_of_a_bar_raises_the_wide_bar_it_is_in(bars, place):
    at = place % len(bars)
    raised = [*bars[:at], bars[at].model_copy(update={"rev": bars[at].rev + 1}), *bars[at + 1 :]]
    for seconds in TIMEFRAMES.values():
        before = list(aggregate(bars, seconds, ended=False))
        after = list(aggregate(raised, seconds, ended=False))
        risen = [new.seq for old, new in zip(before, after, strict=True) if new.rev > old.rev]
        assert risen == [at // seconds * seconds]


def _but_pitch(bar: Bar) -> dict[str, object]:
    told = bar.model_dump(exclude={"pitch", "voiced_seconds", "pause_seconds"})
    return {
        **told,
        "voiced": pytest.approx(bar.voiced_seconds) if bar.voiced_seconds is not None else None,
        "paused": pytest.approx(bar.pause_seconds) if bar.pause_seconds is not None else None,
    }
