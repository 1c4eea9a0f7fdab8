"""A speaker's own goals: which figures may be aimed at, and whether one is reached."""

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evaluations.progress.figures import Figures

# A goal is looked at over this many of the latest speeches.
LOOKED_AT = 5


class Direction(enum.StrEnum):
    """On which side of its target a figure should be."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"

    @property
    def words(self) -> str:
        return self.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure with a trend. ``steady`` is the change that is still none; ``note`` says what the
    figure is worth."""

    id: str
    name: str
    unit: str
    of: Callable[[Figures], float]
    steady: float
    note: str
    decimals: int = 1

    def shown(self, value: float) -> str:
        return f"{value:.{self.decimals}f}"


MEASURES: Mapping[str, Measure] = {
    measure.id: measure
    for measure in (
        Measure(
            "pace",
            "Pace",
            "words a minute",
            lambda f: f.words_per_minute,
            5,
            "Most listeners follow 100 to 165 easily; faster or slower for effect is fine.",
            0,
        ),
        Measure(
            "fillers",
            "Fillers",
            "a minute",
            lambda f: f.fillers_per_minute,
            0.5,
            "Sounds and words without meaning, such as “um” or “you know”.",
        ),
        Measure(
            "pauses",
            "Pauses",
            "a minute",
            lambda f: f.pauses_per_minute,
            0.5,
            "Silences of 1.5 seconds or more. How many are right, the speech decides.",
        ),
        Measure(
            "length",
            "Length",
            "minutes",
            lambda f: f.seconds / 60,
            0.25,
            "From the first word to the last.",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Aim:
    """What somebody wants a figure to be."""

    measure: str
    direction: Direction
    target: float

    def meets(self, value: float) -> bool:
        if self.direction is Direction.AT_LEAST:
            return value >= self.target
        return value <= self.target

    @property
    def text(self) -> str:
        measure = MEASURES[self.measure]
        return f"{measure.name}: {self.direction.words} {self.target:g} {measure.unit}"


@dataclass(frozen=True, slots=True)
class Standing:
    """``reached`` by the latest speech; None before there is one. ``met`` of the last ``of``."""

    reached: bool | None
    met: int
    of: int
    latest: float | None


def standing(aim: Aim, speeches: Sequence[Figures]) -> Standing:
    """Where an aim stands after ``speeches``, oldest first.

    A speech is compared as it is shown: what reads "2.0" is at most 2.
    """
    measure = MEASURES[aim.measure]
    values = [round(measure.of(speech), measure.decimals) for speech in speeches if speech.counts][
        -LOOKED_AT:
    ]
    if not values:
        return Standing(None, 0, 0, None)
    met = [aim.meets(value) for value in values]
    return Standing(met[-1], sum(met), len(met), values[-1])
