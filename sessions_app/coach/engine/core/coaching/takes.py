"""One take: what was measured of it, one thing done well, one to try, and an exercise for it.

Everything said stands in what was heard: the findings, quotes and wordings are the built-in
evaluator's, and a quote is said only if it passes the rule of evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evaluations.core.alignment import spoken_words
from evaluations.core.evidence import MOST_TOKENS, SUREST, Occurrence, find_quote, quote_text
from evaluations.core.hearing import hears_fillers
from evaluations.core.metrics import Metrics, measure
from evaluations.core.script import quoting
from evaluations.core.series import AudioSeries
from evaluations.core.shapes import Brief, Segment, Transcript, Word
from evaluations.core.tokens import tokenise
from evaluations.evaluator.builtin.findings import Finding, Heard, in_words
from evaluations.evaluator.builtin.remarks import Kind, Remark, remark
from evaluations.evaluator.builtin.strengths import strengths
from evaluations.evaluator.builtin.weaknesses import weaknesses
from sessions_app.coach import Take
from sessions_app.coach.engine.core.coaching.exercises import exercise_for
from sessions_app.coach.engine.core.coaching.state import Feedback, Measured, Said
from sessions_app.coach.engine.core.coaching.topics import Topic

FEWEST_WORDS: Final = 20
_GOAL_BONUS: Final = 6.0
_SAID_BEFORE: Final = 8.0
_ELSEWHERE: Final = 5.0
"""For a quote that had to be taken from beside what it is quoted for."""
_READING_RATE: Final = 0.4
"""Seconds for a typed word. Nothing is said of a typed take's pace or pauses."""
_OF_TIME: Final = frozenset(
    {
        "fast",
        "fast_throughout",
        "slow",
        "slow_throughout",
        "steady_pace",
        "pause",
        "hesitation",
        "long_stretch",
    }
)


@dataclass(frozen=True, slots=True)
class HeardTake:
    """A take, ready to be spoken about. ``timed`` says whether it was spoken, not typed."""

    transcript: Transcript
    metrics: Metrics
    timed: bool

    @property
    def measured(self) -> Measured:
        metrics = self.metrics
        return Measured(
            words=metrics.total_words,
            words_per_minute=metrics.words_per_minute if self.timed else 0.0,
            fillers=metrics.filler_word_count,
            fillers_per_minute=metrics.filler_word_frequency if self.timed else 0.0,
            pauses=metrics.pause_count,
            seconds=metrics.duration_seconds,
        )


def word_count(turns: Sequence[Said]) -> int:
    return sum(len(said.text.split()) for said in turns)


def heard_take(turns: Sequence[Said]) -> HeardTake:
    """What was said in ``turns``, measured."""
    timed = all(said.words for said in turns)
    transcript = Transcript(segments=tuple(_segments(turns)))
    end = transcript.words[-1].end_time if transcript.words else 0.0
    metrics = measure(transcript, AudioSeries(duration_seconds=end), {"final": "builtin"})
    return HeardTake(transcript, metrics, timed)


def given_take(take: Take) -> HeardTake:
    """A take that was measured elsewhere."""
    return HeardTake(take.transcript, take.metrics, timed=True)


def feedback_on(take: HeardTake, goal: Topic | None, used: Sequence[str]) -> Feedback:
    """One commendation, one suggestion and one exercise; kinds in ``used`` come last."""
    heard = Heard(Brief(speaker_name=""), spoken_words(take.transcript), take.metrics)
    strong, praised = _best(heard, "commendation", strengths(heard), goal, used, take, ())
    taken = () if praised is None else ((praised.first, praised.last),)
    weak, place = _best(heard, "recommendation", weaknesses(heard), goal, used, take, taken)
    quote = _proven(heard, place)
    return Feedback(
        commendation=_with_quote(strong.summary, _proven(heard, praised), strong.effect),
        suggestion=_with_quote(weak.summary, quote, weak.attempt),
        reason=weak.effect,
        attempt=weak.attempt,
        exercise=exercise_for(weak.finding.kind, weak.facts, quote),
        action=weak.action,
        kind=weak.finding.kind,
    )


def figures(take: HeardTake, goal: Topic | None, before: Measured | None) -> tuple[str, ...]:
    """What was measured, as one says it; what the goal is about, and what has changed."""
    now = take.measured
    sentences = [_length(take, now)]
    topic = goal.id if goal is not None else ""
    if topic == "fillers":
        sentences.append(_fillers(take.metrics))
    elif topic == "pauses" and take.timed:
        count = in_words(now.pauses) if now.pauses else "no"
        noun = "pause" if now.pauses == 1 else "pauses"
        sentences.append(f"I heard {count} {noun} of a second and a half or more.")
    if before is not None and take.timed and before.words_per_minute:
        difference = round(now.words_per_minute) - round(before.words_per_minute)
        if abs(difference) >= 10:
            way = "more" if difference > 0 else "fewer"
            sentences.append(f"That is {abs(difference)} {way} a minute than in the take before.")
    if take.metrics.quality_warning is not None:
        sentences.append("Parts were hard to hear, so I keep to the words that were clear.")
    return tuple(sentences)


def _best(
    heard: Heard,
    kind: Kind,
    found: Sequence[Finding],
    goal: Topic | None,
    used: Sequence[str],
    take: HeardTake,
    avoid: Sequence[tuple[int, int]],
) -> tuple[Remark, Occurrence | None]:
    """The finding that matters most to the goal and has not been spoken of, with its quote."""

    def weight(finding: Finding) -> tuple[bool, bool, float]:
        place = heard.quote(finding.first, finding.last, avoid)
        surely_heard = place is not None and heard.confidence(place.first, place.last) >= SUREST
        matters = (
            finding.weight
            + _GOAL_BONUS * (goal is not None and finding.kind in goal.kinds)
            - _SAID_BEFORE * used.count(finding.kind)
            - _ELSEWHERE * (place is not None and not _shows(place, finding))
        )
        return (take.timed or finding.kind not in _OF_TIME, surely_heard, matters)

    best = max(found, key=lambda finding: (weight(finding), -finding.first))
    place = heard.quote(best.first, best.last, avoid) or heard.quote(best.first, best.last)
    where = place or Occurrence(best.first, best.last, heard.words[best.first].start_time)
    return remark(heard, kind, (best, where)), place


def _shows(quote: Occurrence, finding: Finding) -> bool:
    """Whether a quote that was moved to surer words still has what it is quoted for."""
    shared = min(quote.last, finding.last) - max(quote.first, finding.first)
    return 2 * shared >= min(finding.last - finding.first, MOST_TOKENS)


def _proven(heard: Heard, place: Occurrence | None) -> str:
    """The quote at ``place`` if it passes the rule of evidence, else ""."""
    if place is None:
        return ""
    quote = quote_text(heard.words, place)
    return quote if find_quote(quote, heard.words, place.start) is not None else ""


def _with_quote(summary: str, quote: str, more: str) -> str:
    own = f" {' '.join(tokenise(f'{summary} {more}'))} "
    woven = not quote or f" {' '.join(tokenise(quote))} " in own
    return " ".join(part for part in (summary, "" if woven else quoting(quote), more) if part)


def _length(take: HeardTake, now: Measured) -> str:
    if not take.timed:
        return f"I have {now.words} words from you."
    seconds = round(now.seconds)
    minutes, rest = divmod(seconds, 60)
    parts = [
        f"{in_words(minutes)} minute{'s' * (minutes != 1)}" if minutes else "",
        f"{in_words(rest)} second{'s' * (rest != 1)}" if rest or not minutes else "",
    ]
    length = " and ".join(part for part in parts if part)
    return f"I heard {length}, at {round(now.words_per_minute)} words a minute."


def _fillers(metrics: Metrics) -> str:
    words = [entry for entry in metrics.filler_words if entry.classification == "true_filler"]
    if not words:
        if hears_fillers(metrics.engines):
            return "I heard no filler in it."
        return "I heard no filler that is a word; an “um” or an “uh” I would not have heard."
    named = [
        f"“{entry.word}” {in_words(entry.count)} time{'s' * (entry.count != 1)}"
        for entry in sorted(words, key=lambda entry: -entry.count)[:2]
    ]
    return f"Of fillers I heard {' and '.join(named)}."


def _segments(turns: Sequence[Said]) -> list[Segment]:
    segments: list[Segment] = []
    clock = 0.0
    for said in turns:
        words = said.words or _typed(said.text, clock)
        if not words:
            continue
        clock = words[-1].end_time
        segments.append(
            Segment(
                text=said.text,
                start_time=words[0].start_time,
                end_time=clock,
                words=words,
                is_final=True,
            )
        )
    return segments


def _typed(text: str, clock: float) -> tuple[Word, ...]:
    return tuple(
        Word(
            word=word,
            start_time=round(clock + at * _READING_RATE, 2),
            end_time=round(clock + (at + 1) * _READING_RATE, 2),
            confidence=1.0,
        )
        for at, word in enumerate(text.split())
    )


def excerpt(turns: Sequence[Said], most: int = 25) -> str:
    """The first words of ``turns``, to be read back."""
    words = " ".join(said.text for said in turns).replace("“", "").replace("”", "").split()
    return " ".join(words[:most])
