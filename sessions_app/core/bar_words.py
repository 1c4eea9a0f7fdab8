"""What the captions say of each second of a speech: words, fillers, pauses, pace."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from evaluations.core.alignment import UntimedTranscriptError, aligned, spoken_words
from evaluations.core.fillers import occurrences
from evaluations.core.pauses import REPORTED_SECONDS
from evaluations.core.series import AudioSeries
from evaluations.core.shapes import Segment, Transcript, Word
from sessions_app.core.audio import SAMPLE_RATE

PACE_SECONDS: Final = 15.0
LEAST_PACE_SECONDS: Final = 5.0
"""A pace over less than this is no pace yet."""
CONTEXT: Final = 4
"""How many words around a word may tell whether it is a filler."""

Four = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class SecondWords:
    """What is known of a second by now. ``pace``: at its begin, highest, lowest, at its end.

    ``known``: captions have passed it. ``settled``: nothing that may still come changes it.
    """

    words: int
    fillers: tuple[tuple[str, float], ...]
    pause_seconds: float
    pace: Four
    known: bool
    settled: bool


class SpokenSeconds:
    """Follows the captions of one recording, and keeps only words that may still matter.

    Args:
        own_fillers: gives what the club and the speaker count as fillers by now.
    """

    def __init__(self, own_fillers: Callable[[], Sequence[str]] = tuple) -> None:
        self._own_fillers = own_fillers
        self._words: list[Word] = []
        self._starts: list[float] = []
        self._middles: list[float] = []
        # What is known of a second stays the same until more is heard.
        self._found: dict[int, SecondWords] = {}
        self._fillers: tuple[tuple[str, float], ...] = ()
        self._restored_until = -1.0
        self._heard = 0.0
        self._first_open = 0
        self._last_touched = 0
        self._ended = False
        self._ends_at = 0.0

    def restore(self, utterances: Sequence[Segment], heard_samples: int, first_open: int) -> None:
        """Begin with what was heard before; the seconds before ``first_open`` are settled."""
        words = [word for segment in utterances for word in _timed(segment)]
        self._restored_until = words[-1].start_time if words else -1.0
        self._heard = heard_samples / SAMPLE_RATE
        self._first_open = first_open
        self._set(words)

    def utterance(self, segment: Segment) -> range:
        """Take a finished utterance. Returns the seconds that it may have changed."""
        # Whoever restores may have been given what was heard meanwhile.
        new = [word for word in _timed(segment) if word.start_time > self._restored_until]
        if not new:
            return range(0)
        before = self._first_open
        kept = self._words[self._spare(before) :]
        self._set(sorted([*kept, *new], key=lambda word: word.start_time))
        self._settle()
        return range(before, self._touch(self._words[-1].end_time + PACE_SECONDS) + 1)

    def heard(self, samples: int) -> range:
        """Everything before ``samples`` is decoded. Returns the seconds that this may change."""
        seconds = samples / SAMPLE_RATE
        if seconds <= self._heard:
            return range(0)
        # The pace was held from there on.
        before = min(self._first_open, int(self._heard))
        self._heard = seconds
        self._found.clear()
        self._settle()
        return range(before, self._touch(seconds) + 1)

    def _touch(self, seconds: float) -> int:
        """Seconds that hold their pace beyond what was heard are changed by what is heard."""
        self._last_touched = max(self._last_touched, int(seconds))
        return self._last_touched

    def finish(self, samples: int, *, heard_all: bool) -> None:
        """No more captions follow; with ``heard_all`` there were no more words."""
        self._found.clear()
        self._ended = True
        self._ends_at = samples / SAMPLE_RATE
        if heard_all:
            self._heard = max(self._heard, self._ends_at)

    def of(self, seq: int) -> SecondWords:
        """What is known of second ``seq``."""
        self._last_touched = max(self._last_touched, seq)
        found = self._found.get(seq)
        if found is None:
            found = self._found[seq] = self._find(seq)
        return found

    def _find(self, seq: int) -> SecondWords:
        first, last = bisect_left(self._middles, seq), bisect_left(self._middles, seq + 1)
        until = min(seq + 1, self._ends_at) if self._ended else seq + 1
        known = self._heard >= until - 1e-6
        return SecondWords(
            words=last - first,
            fillers=tuple(found for found in self._fillers if seq <= found[1] < seq + 1),
            pause_seconds=round(self._pause(seq), 3),
            pace=self._pace(seq, seq + 1),
            known=known,
            settled=known and self._is_settled(seq),
        )

    def _is_settled(self, seq: int) -> bool:
        """Whether enough words have followed that the next ones tell nothing more of it."""
        if self._ended:
            return True
        return len(self._words) - self._first_from(seq + 1) >= CONTEXT

    def _first_from(self, seconds: float) -> int:
        """The index of the first word that starts there or later."""
        return bisect_left(self._starts, seconds)

    def _settle(self) -> None:
        while self._heard >= self._first_open + 1 and self._is_settled(self._first_open):
            self._first_open += 1

    def _spare(self, open_second: int) -> int:
        """How many words no second from there on needs."""
        needed = bisect_left(self._middles, open_second - PACE_SECONDS - 1)
        return max(0, min(needed, self._first_from(open_second)) - CONTEXT)

    def _set(self, words: Sequence[Word]) -> None:
        self._found.clear()
        self._words = list(words)
        self._starts = [word.start_time for word in words]
        self._middles = [(word.start_time + word.end_time) / 2 for word in words]
        found = occurrences(self._words, self._own_fillers())
        self._fillers = tuple(
            (one.word, one.start) for one in found if one.classification == "true_filler"
        )

    def _pause(self, seq: int) -> float:
        """How much of the second lies in silences between words that count as pauses."""
        # The words around it, and those in it.
        first = max(1, self._first_from(seq))
        last = min(len(self._words) - 1, self._first_from(seq + 1))
        paused = 0.0
        for index in range(first, last + 1):
            start, end = self._words[index - 1].end_time, self._words[index].start_time
            if end - start >= REPORTED_SECONDS - 1e-9:
                paused += max(0.0, min(end, seq + 1) - max(start, seq))
        return paused

    def _pace(self, begin: float, end: float) -> Four:
        """The pace over a stretch; past what was heard it stays what it was there."""
        begin, end = min(begin, self._heard), min(end, self._heard)
        middles = self._middles
        # Words count from their middles on, and for so long.
        came, comes = bisect_right(middles, begin), bisect_right(middles, end)
        went, goes = (bisect_right(middles, at - PACE_SECONDS) for at in (begin, end))
        paces = [_pace_at(begin, came - went)]
        while came < comes or went < goes:
            coming = middles[came] if came < comes else math.inf
            going = middles[went] + PACE_SECONDS if went < goes else math.inf
            at = min(coming, going)
            while came < comes and middles[came] <= at:
                came += 1
            while went < goes and middles[went] + PACE_SECONDS <= at:
                went += 1
            paces.append(_pace_at(at, came - went))
        paces.append(_pace_at(end, came - went))
        return paces[0], max(paces), min(paces), paces[-1]


def _pace_at(at: float, words: int) -> float:
    return round(words * 60 / min(PACE_SECONDS, max(LEAST_PACE_SECONDS, at)), 1)


def _timed(segment: Segment) -> list[Word]:
    """The words of an utterance, each with a time of its own."""
    series = AudioSeries(duration_seconds=segment.end_time)
    try:
        return list(spoken_words(aligned(Transcript(segments=(segment,)), series)))
    except UntimedTranscriptError:
        return []
