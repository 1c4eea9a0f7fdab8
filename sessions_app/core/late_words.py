"""Words for bars of which only the sound was measured: of an upload, or where captions failed."""

import math
from collections.abc import Sequence

from evaluations.core.shapes import Segment
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.core.bar import Bar, Candle, SpokenFiller
from sessions_app.core.bar_words import SpokenSeconds


def with_words(
    bars: Sequence[Bar], segments: Sequence[Segment], own_fillers: Sequence[str] = ()
) -> tuple[Bar, ...]:
    """The bars, in order of time; those without words get what the final transcript says of them.

    ``own_fillers`` are what the club and the speaker count as fillers besides.
    """
    if not bars or all(bar.words is not None for bar in bars):
        return tuple(bars)
    spoken = SpokenSeconds(lambda: own_fillers)
    spoken.restore(segments, 0, 0)
    spoken.finish(math.ceil(bars[-1].t1 * SAMPLE_RATE), heard_all=True)
    return tuple(bar if bar.words is not None else _told(bar, spoken) for bar in bars)


def _told(bar: Bar, spoken: SpokenSeconds) -> Bar:
    said = spoken.of(bar.seq)
    first, highest, lowest, last = said.pace
    return bar.model_copy(
        update={
            "rev": bar.rev + 1,
            "final": True,
            "words": said.words,
            "fillers": tuple(SpokenFiller(word=word, at=at) for word, at in said.fillers),
            "pause_seconds": said.pause_seconds,
            "pace": Candle(open=first, high=highest, low=lowest, close=last),
        }
    )
