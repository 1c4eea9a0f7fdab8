"""What progress needs of one speech: a few figures, kept with its run in place of all metrics."""

from evaluations.core.metrics import Metrics
from evaluations.core.pace import BAND
from evaluations.core.shapes import Evaluation, Shape
from evaluations.core.summary import FEWEST_WORDS
from evaluations.evaluator.builtin.weaknesses import LEVEL_SEMITONES
from evaluations.roles.timing import Lights

# Rarer than this and a word is an accident, not a habit; measures.md has no figure for it.
_FEWEST_FILLERS = 3
_MANY_FILLERS_PER_MINUTE = 2.0
_MANY_HESITATIONS = 2


class Figures(Shape):
    """``lights`` are the seconds to green and red, where agenda or project told them.

    ``signs`` are ids of :data:`evaluations.progress.habits.SIGNS`; ``commendations`` and
    ``recommendations`` are the summaries of the evaluation's remarks.
    """

    words: int
    seconds: float
    words_per_minute: float
    fillers_per_minute: float
    pauses_per_minute: float
    lights: tuple[float, float] | None = None
    signs: tuple[str, ...] = ()
    commendations: tuple[str, ...] = ()
    recommendations: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether there are words enough for the figures to mean anything."""
        return self.words >= FEWEST_WORDS


def figures_of(metrics: Metrics, evaluation: Evaluation | None, lights: Lights | None) -> Figures:
    """The figures of a speech; ``evaluation`` is None where it was too short for one."""
    minutes = metrics.duration_seconds / 60
    items = evaluation.items if evaluation else ()
    signs = [sign for sign, holds in signs_of(metrics, lights).items() if holds]
    return Figures(
        words=metrics.total_words,
        seconds=metrics.duration_seconds,
        words_per_minute=metrics.words_per_minute,
        fillers_per_minute=metrics.filler_word_frequency,
        pauses_per_minute=round(metrics.pause_count / minutes, 2) if minutes else 0.0,
        lights=(lights.green, lights.red) if lights else None,
        signs=tuple(signs) if metrics.total_words >= FEWEST_WORDS else (),
        commendations=tuple(item.summary for item in items if item.type == "commendation"),
        recommendations=tuple(item.summary for item in items if item.type == "recommendation"),
    )


def signs_of(metrics: Metrics, lights: Lights | None) -> dict[str, bool]:
    """Every sign there is, and whether the speech has it."""
    low, high = BAND
    rate = metrics.words_per_minute
    verdict = lights.verdict_at(metrics.duration_seconds) if lights else ""
    structure = metrics.structure
    return {
        "fast": rate > high,
        "slow": rate < low,
        "in_band": low <= rate <= high,
        "fillers": metrics.filler_word_count >= _FEWEST_FILLERS
        and metrics.filler_word_frequency >= _MANY_FILLERS_PER_MINUTE,
        "hesitations": metrics.hesitation_pause_count >= _MANY_HESITATIONS,
        "meant_pauses": metrics.intentional_pause_count >= _MANY_HESITATIONS,
        "level_pitch": metrics.pitch is not None
        and metrics.pitch.range_semitones < LEVEL_SEMITONES,
        "hook": structure is not None and structure.hook is not None,
        "no_hook": structure is not None and structure.hook is None,
        "call_back": structure is not None and structure.call_back is not None,
        "open_end": structure is not None
        and structure.call_back is None
        and structure.call_to_action is None,
        "over_time": verdict == "over",
        "under_time": verdict == "under",
        "in_time": verdict == "within",
    }
