"""What keeps returning from speech to speech, and what is gone; measures.md, "Progress"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evaluations.core.stopwords import STOPWORDS
from evaluations.core.tokens import tokenise
from evaluations.core.vocabulary import stem
from evaluations.progress.figures import Figures

LATEST = 3
CONSIDERED = 5
# Two summaries say the same when they share this much of their content words.
_ALIKE = 0.5

Kind = Literal["strength", "habit"]
Source = Literal["measured", "evaluation"]


@dataclass(frozen=True, slots=True)
class Sign:
    """``text`` completes "In your speeches …", ``gone`` says that it is no longer so."""

    kind: Kind
    text: str
    gone: str = ""


SIGNS: Mapping[str, Sign] = {
    "fast": Sign("habit", "The pace is above 165 words a minute.", "No longer above 165 words."),
    "slow": Sign("habit", "The pace is below 100 words a minute.", "No longer below 100 words."),
    "fillers": Sign(
        "habit",
        "There are two fillers a minute or more.",
        "Fewer than two fillers a minute.",
    ),
    "hesitations": Sign(
        "habit", "Pauses fall inside thoughts, twice or more.", "Pauses no longer break thoughts."
    ),
    "level_pitch": Sign(
        "habit", "The voice stays within four semitones.", "The voice moves more than before."
    ),
    "no_hook": Sign(
        "habit",
        "The opening has no question, story, number or quotation.",
        "Speeches open with a hook now.",
    ),
    "open_end": Sign(
        "habit",
        "The close neither returns to the opening nor asks for anything.",
        "The close returns to the opening, or asks for something.",
    ),
    "over_time": Sign("habit", "The speech runs over its time.", "No longer over the time."),
    "under_time": Sign(
        "habit", "The speech ends before the green light.", "No longer under the time."
    ),
    "in_band": Sign("strength", "The pace is within 100 to 165 words a minute."),
    "meant_pauses": Sign("strength", "Pauses stand where a thought ends."),
    "hook": Sign("strength", "The opening has a hook."),
    "call_back": Sign("strength", "The close returns to the opening."),
    "in_time": Sign("strength", "The speech keeps to its time."),
}


@dataclass(frozen=True, slots=True)
class Habit:
    """Something that returns: in ``times`` of the ``of`` speeches considered."""

    kind: Kind
    source: Source
    text: str
    times: int
    of: int


@dataclass(frozen=True, slots=True)
class Habits:
    """``breakthroughs`` are sentences: what was usual, and is gone for three speeches."""

    strengths: tuple[Habit, ...]
    habits: tuple[Habit, ...]
    breakthroughs: tuple[str, ...]


def habits(speeches: Sequence[Figures]) -> Habits:
    """What returns in ``speeches``, oldest first. Nothing can return in fewer than three."""
    counted = [speech for speech in speeches if speech.counts]
    recent = counted[-CONSIDERED:]
    if len(recent) < LATEST:
        return Habits((), (), ())
    found = [*_measured(recent), *_remarked(recent)]
    return Habits(
        strengths=tuple(habit for habit in found if habit.kind == "strength"),
        habits=tuple(habit for habit in found if habit.kind == "habit"),
        breakthroughs=tuple(_breakthroughs(counted)),
    )


def _measured(recent: Sequence[Figures]) -> list[Habit]:
    """Signs present in each of the three latest speeches, the most frequent first."""
    present = [
        Habit(sign.kind, "measured", sign.text, times, len(recent))
        for sign_id, sign in SIGNS.items()
        if all(sign_id in speech.signs for speech in recent[-LATEST:])
        for times in [sum(sign_id in speech.signs for speech in recent)]
    ]
    return sorted(present, key=lambda habit: -habit.times)


def _remarked(recent: Sequence[Figures]) -> list[Habit]:
    """Remarks that three of the speeches considered got in like words, as last said."""
    kinds: tuple[tuple[Kind, list[tuple[str, ...]]], ...] = (
        ("strength", [speech.commendations for speech in recent]),
        ("habit", [speech.recommendations for speech in recent]),
    )
    return [habit for kind, remarks in kinds for habit in _recurring(kind, remarks)]


def _recurring(kind: Kind, remarks: Sequence[tuple[str, ...]]) -> list[Habit]:
    found: list[Habit] = []
    told: list[frozenset[str]] = []
    for summary in [text for speech in reversed(remarks) for text in speech]:
        content = _content(summary)
        if any(_alike(content, other) for other in told):
            continue
        times = sum(any(_alike(content, _content(text)) for text in given) for given in remarks)
        if times >= LATEST:
            told.append(content)
            found.append(Habit(kind, "evaluation", summary, times, len(remarks)))
    return found


def _content(summary: str) -> frozenset[str]:
    """The stems that carry a summary; figures differ each time and say nothing of its kind."""
    return frozenset(
        stem(token)
        for token in tokenise(summary)
        if token not in STOPWORDS and not any(letter.isdigit() for letter in token)
    )


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and len(one & other) / len(one | other) >= _ALIKE


def _breakthroughs(counted: Sequence[Figures]) -> list[str]:
    """Habits of the three speeches before the latest three that none of those has."""
    before, latest = counted[-2 * LATEST : -LATEST], counted[-LATEST:]
    if len(before) < LATEST:
        return []
    return [
        sign.gone
        for sign_id, sign in SIGNS.items()
        if sign.gone
        and all(sign_id in speech.signs for speech in before)
        and not any(sign_id in speech.signs for speech in latest)
    ]
