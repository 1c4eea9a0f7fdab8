"""How a figure moves over speeches, in words; measures.md, "Progress"."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from evaluations.core.pace import BAND
from evaluations.progress.figures import Figures
from evaluations.progress.goals import MEASURES, Aim, Measure

FEWEST = 3
# The latest speeches are set against those before, at most so many of each.
_LATEST = 3
_BEFORE = 5

Move = Literal["up", "down", "steady"]
Bearing = Literal["towards", "away", "even"]

_WORDS: dict[str, tuple[str, str]] = {
    "pace": ("faster", "slower"),
    "fillers": ("more of them", "fewer of them"),
    "pauses": ("more of them", "fewer of them"),
    "length": ("longer", "shorter"),
}


@dataclass(frozen=True, slots=True)
class Trend:
    """``bearing`` says whether the move is towards the goal, or where there is none, the norm."""

    measure: Measure
    before: float
    now: float
    move: Move
    bearing: Bearing
    sentence: str


def trend(measure_id: str, speeches: Sequence[Figures], aims: Sequence[Aim] = ()) -> Trend | None:
    """How a figure moved over ``speeches``, oldest first; None where there are too few."""
    measure = MEASURES[measure_id]
    counted = [speech for speech in speeches if speech.counts]
    if len(counted) < FEWEST:
        return None
    latest = min(_LATEST, len(counted) // 2)
    earlier, recent = counted[:-latest][-_BEFORE:], counted[-latest:]
    before = fmean(measure.of(speech) for speech in earlier)
    now = fmean(measure.of(speech) for speech in recent)
    change = now - before
    move: Move = "steady" if abs(change) < measure.steady else "up" if change > 0 else "down"
    off = fmean(distance(measure_id, speech, aims) for speech in recent) - fmean(
        distance(measure_id, speech, aims) for speech in earlier
    )
    bearing: Bearing = "even"
    if move != "steady" and off:
        bearing = "towards" if off < 0 else "away"
    return Trend(measure, before, now, move, bearing, _sentence(measure, before, now, move))


def distance(measure_id: str, speech: Figures, aims: Sequence[Aim]) -> float:
    """How far a speech is from what is aimed at, in the figure's unit; 0 within.

    Own goals win. Without one, pace has its band, fillers are best rare, length has the lights of
    the project, and of pauses nobody can say how many are right.
    """
    value = MEASURES[measure_id].of(speech)
    own = [aim for aim in aims if aim.measure == measure_id]
    if own:
        return max(0.0 if aim.meets(value) else abs(value - aim.target) for aim in own)
    if measure_id == "pace":
        return _outside(value, *BAND)
    if measure_id == "length" and speech.lights is not None:
        return _outside(value, speech.lights[0] / 60, speech.lights[1] / 60)
    return value if measure_id == "fillers" else 0.0


def _outside(value: float, low: float, high: float) -> float:
    return max(low - value, value - high, 0.0)


def _sentence(measure: Measure, before: float, now: float, move: Move) -> str:
    if move == "steady":
        return f"Steady at {measure.shown(now)} {measure.unit}."
    more, less = _WORDS[measure.id]
    word = more if move == "up" else less
    return f"From {measure.shown(before)} to {measure.shown(now)} {measure.unit}: {word}."
