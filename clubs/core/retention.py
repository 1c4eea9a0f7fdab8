"""When what a club has saved goes: values in, a verdict out."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MIN_DAYS: Final = 7
MAX_DAYS: Final = 365
WARNED_BEFORE: Final = timedelta(days=7)
"""So long before the first part of a speech goes its speaker is told."""


class Part(enum.Enum):
    """What of a saved speech has a clock of its own."""

    AUDIO = "audio"
    """The spoken evaluation. The recording itself is never saved."""
    TRANSCRIPT = "transcript"
    EVALUATION = "evaluation"
    """With metrics, script and role reports."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """How many days each part is kept."""

    audio_days: int
    transcript_days: int
    evaluation_days: int

    def of(self, part: Part) -> timedelta:
        match part:
            case Part.AUDIO:
                days = self.audio_days
            case Part.TRANSCRIPT:
                days = self.transcript_days
            case Part.EVALUATION:
                days = self.evaluation_days
        return timedelta(days=days)

    @property
    def longest(self) -> timedelta:
        return max(self.of(part) for part in Part)


@dataclass(frozen=True, slots=True)
class SpeechFacts:
    """What the clocks ask of a speech.

    ``kept_since`` is when it was last saved or, where nothing of it is, last used. ``held`` is a
    legal hold; ``in_use`` a session that runs, or rests with data of its own clock.
    """

    kept_since: datetime
    present: frozenset[Part] = frozenset()
    held: bool = False
    in_use: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The parts that go now; ``record`` says that nothing is left and the speech itself goes."""

    parts: frozenset[Part] = frozenset()
    record: bool = False

    def __bool__(self) -> bool:
        return bool(self.parts) or self.record


def due(clocks: Clocks, facts: SpeechFacts) -> dict[Part, datetime]:
    """When each part that is there goes; of a held speech, or one in use, none does."""
    if facts.held or facts.in_use:
        return {}
    return {part: facts.kept_since + clocks.of(part) for part in facts.present}


def record_due(clocks: Clocks, facts: SpeechFacts) -> datetime | None:
    """When the speech itself goes: with its last part; without any, after the longest clock."""
    if facts.held or facts.in_use:
        return None
    return max(due(clocks, facts).values(), default=facts.kept_since + clocks.longest)


def verdict(clocks: Clocks, facts: SpeechFacts, now: datetime) -> Verdict:
    """What of a speech goes at ``now``."""
    parts = frozenset(part for part, when in due(clocks, facts).items() if when <= now)
    last = record_due(clocks, facts)
    return Verdict(parts, record=last is not None and last <= now)


def first_due(clocks: Clocks, facts: SpeechFacts) -> datetime | None:
    """When the first part of a speech goes; None where there is none that will."""
    return min(due(clocks, facts).values(), default=None)


def is_to_be_warned(clocks: Clocks, facts: SpeechFacts, now: datetime) -> bool:
    """Whether it is time to tell the speaker, and not too late: nothing has gone yet."""
    first = first_due(clocks, facts)
    return first is not None and first - WARNED_BEFORE <= now < first
