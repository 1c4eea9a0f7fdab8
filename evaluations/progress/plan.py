"""What to work on next: of what returns, one thing or two, each with exercises and how it ends.

Rules alone, from the signs of the latest speeches.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evaluations.progress.figures import Figures
from evaluations.progress.habits import LATEST, SIGNS

MOST_STEPS: Final = 2
"""More at once is worked on less."""


@dataclass(frozen=True, slots=True)
class Practice:
    """How one sign is worked on; ``done`` says how the next speech shows that it is gone."""

    aim: str
    exercises: tuple[str, ...]
    done: str


@dataclass(frozen=True, slots=True)
class Step:
    """A practice that is due, because ``times`` of the latest ``of`` speeches had its sign."""

    sign: str
    seen: str
    practice: Practice
    times: int
    of: int


# The first comes first where two are equally frequent: what costs listeners most.
PRACTICES: Final[Mapping[str, Practice]] = {
    "over_time": Practice(
        "Finish within the time",
        (
            "Write your last sentence first, and learn it by heart.",
            "Rehearse once with a clock, and cut the point at which the yellow light comes.",
            "Mark a place after which you go straight to the close, wherever you are.",
        ),
        "The speech ends before red.",
    ),
    "under_time": Practice(
        "Fill the time with one more picture",
        (
            "Take your shortest point, and tell one moment of it: where, when, who.",
            "Say each main point, then one example, then the point again.",
        ),
        "The speech ends after green.",
    ),
    "no_hook": Practice(
        "Open with something to hold on to",
        (
            "Write three openings: a question, a moment, a number. Say each aloud; keep one.",
            "Leave out the greeting, and begin with the first line of your story.",
        ),
        "A hook is found in the first part of the speech.",
    ),
    "open_end": Practice(
        "Close so that it is a close",
        (
            "Take a word of your opening into your last sentence.",
            "Finish this sentence in ten words: So the next time you …",
            "Say the last line, count two, and only then thank anybody.",
        ),
        "The close returns to the opening, or asks for something.",
    ),
    "fast": Practice(
        "Bring the pace below 165",
        (
            "Read a page aloud, and tap your finger once for every word, evenly.",
            "Put a stroke after each sentence of your text; at each one breathe out wholly.",
        ),
        "The pace lies between 100 and 165 words a minute.",
    ),
    "slow": Practice(
        "Bring the pace above 100",
        (
            "Say each sentence on one breath, without a stop inside it.",
            "Tell a story to somebody who knows the beginning already.",
        ),
        "The pace lies between 100 and 165 words a minute.",
    ),
    "fillers": Practice(
        "Let silence stand where fillers were",
        (
            "Speak for a minute on anything, and close your lips wherever a filler would come.",
            "Record two minutes, count the fillers, and say the same two minutes again.",
            "Learn the first words of each part, so that none begins with a search.",
        ),
        "Fewer than two fillers a minute.",
    ),
    "hesitations": Practice(
        "Pause after a thought, not inside it",
        (
            "Mark in your text where a thought ends, and breathe only there.",
            "Say each long sentence as two short ones.",
        ),
        "At most one pause falls inside a thought.",
    ),
    "level_pitch": Practice(
        "Let the voice move",
        (
            "Say one sentence five times, and lift another word each time.",
            "Read a dialogue, each voice at a height of its own.",
        ),
        "The voice moves over more than four semitones.",
    ),
}


def plan(speeches: Sequence[Figures]) -> tuple[Step, ...]:
    """At most two things to work on after ``speeches``, oldest first; the most frequent first."""
    latest = [speech for speech in speeches if speech.counts][-LATEST:]
    order = list(PRACTICES)
    found = [
        Step(sign, SIGNS[sign].text, practice, times, len(latest))
        for sign, practice in PRACTICES.items()
        for times in [sum(sign in speech.signs for speech in latest)]
        # It has to be in the last one still: what was overcome is no work any more.
        if times and sign in latest[-1].signs and (times > 1 or len(latest) < LATEST)
    ]
    found.sort(key=lambda step: (-step.times, order.index(step.sign)))
    return tuple(found[:MOST_STEPS])
