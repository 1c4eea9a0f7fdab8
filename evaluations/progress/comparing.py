"""Two speeches side by side: each figure, and which of the two is nearer to what is aimed at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from evaluations.core.metrics import Metrics
from evaluations.core.pace import BAND
from evaluations.progress.figures import Figures
from evaluations.progress.goals import MEASURES, Aim
from evaluations.progress.trends import distance

Better = Literal["earlier", "later", "neither"]

# Changes smaller than this are none.
_STEADY_HESITATIONS = 0.25


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two speeches."""

    metrics: Metrics
    figures: Figures


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of both, as shown, the earlier first.

    ``aim`` says in words what is better, ``better`` which of the two is.
    """

    name: str
    unit: str
    values: tuple[str, str]
    aim: str
    better: Better = "neither"


def comparison(earlier: Side, later: Side, aims: Sequence[Aim] = ()) -> tuple[Row, ...]:
    """Every figure that both have, by ``aims`` where the speaker has set one. Pure."""
    return (*_measured(earlier, later, aims), *_delivered(earlier, later), *_built(earlier, later))


def _measured(earlier: Side, later: Side, aims: Sequence[Aim]) -> Iterator[Row]:
    for measure in MEASURES.values():
        values = [measure.of(side.figures) for side in (earlier, later)]
        off = [distance(measure.id, side.figures, aims) for side in (earlier, later)]
        own = [aim for aim in aims if aim.measure == measure.id]
        yield Row(
            measure.name,
            measure.unit,
            (measure.shown(values[0]), measure.shown(values[1])),
            aim=" and ".join(f"Your goal: {one.text}" for one in own) or _norm(measure.id, later),
            better=_nearer(*off) if abs(values[0] - values[1]) >= measure.steady else "neither",
        )


def _norm(measure_id: str, later: Side) -> str:
    low, high = BAND
    if measure_id == "pace":
        return f"{low:g} to {high:g} is easy to follow"
    if measure_id == "fillers":
        return "Fewer is better"
    if measure_id == "length" and later.figures.lights is not None:
        green, red = later.figures.lights
        return f"{green / 60:g} to {red / 60:g} minutes were asked for"
    return "No number is right for every speech"


def _delivered(earlier: Side, later: Side) -> Iterator[Row]:
    rates = [_hesitations(side.metrics) for side in (earlier, later)]
    steady = abs(rates[0] - rates[1]) < _STEADY_HESITATIONS
    yield Row(
        "Pauses inside a thought",
        "a minute",
        (f"{rates[0]:.1f}", f"{rates[1]:.1f}"),
        aim="Fewer is better",
        better="neither" if steady else _nearer(*rates),
    )
    before, now = earlier.metrics.pitch, later.metrics.pitch
    if before is not None and now is not None:
        yield Row(
            "Range of pitch",
            "semitones",
            (f"{before.range_semitones:.1f}", f"{now.range_semitones:.1f}"),
            aim="A wider range sounds livelier",
        )
    words = [
        f"{side.metrics.vocabulary.distinct_stems_per_100_words:.0f}" for side in (earlier, later)
    ]
    yield Row(
        "Different words",
        "in a hundred",
        (words[0], words[1]),
        aim="No number is right for every speech",
    )


def _hesitations(metrics: Metrics) -> float:
    minutes = metrics.duration_seconds / 60
    return metrics.hesitation_pause_count / minutes if minutes else 0.0


def _built(earlier: Side, later: Side) -> Iterator[Row]:
    for name, part, aim in (
        ("Opening with a hook", "hook", "A hook lets listeners in"),
        ("Closing that returns to the opening", "call_back", "It rounds a talk off"),
        ("Call to action", "call_to_action", "Where something is to be done after the talk"),
    ):
        there = [
            side.metrics.structure is not None and getattr(side.metrics.structure, part) is not None
            for side in (earlier, later)
        ]
        yield Row(
            name,
            "",
            ("yes" if there[0] else "no", "yes" if there[1] else "no"),
            aim=aim,
            # An appeal is not in every speech.
            better="neither" if part == "call_to_action" else _nearer(not there[0], not there[1]),
        )


def _nearer(earlier: float, later: float) -> Better:
    if earlier == later:
        return "neither"
    return "earlier" if earlier < later else "later"
