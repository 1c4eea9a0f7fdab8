"""The ah-counter: each filler with its time and the words around it."""

from collections.abc import Sequence

from evaluations.core.alignment import spoken_words
from evaluations.core.fillers import FillerWord
from evaluations.core.hearing import hears_fillers
from evaluations.core.metrics import Metrics
from evaluations.core.shapes import RoleResult, RoleSection, Word
from evaluations.evaluator.builtin.findings import in_words
from evaluations.roles import RoleFacts
from evaluations.roles.daily_word import uses
from evaluations.roles.wording import at, counted, quoted, result, section, words_between

_MOST_PLACES = 12
_AROUND = 3
_DEAF = (
    "This transcript comes from an engine that does not write down “um” and “uh”, so only fillers "
    "that are words could be counted"
)


class AhCounter:
    id = "ah_counter"
    name = "Ah-counter"

    def report(self, facts: RoleFacts) -> RoleResult:
        metrics = facts.metrics
        words = spoken_words(facts.transcript)
        if not words:
            nothing = "No words were heard, so there was nothing to count."
            return result(self.id, self.name, [section("Count", nothing)], [nothing])
        deaf = "" if hears_fillers(metrics.engines) else _DEAF
        fillers = [one for one in metrics.filler_words if one.classification == "true_filler"]
        markers = [one for one in metrics.filler_words if one.classification != "true_filler"]
        sections = [
            section("Count", _count(metrics), deaf),
            *(_places(filler, words) for filler in fillers),
            section("Discourse markers, not counted", *(_marker(one) for one in markers)),
            section("Word of the day", _daily(words, facts.meeting.word_of_the_day)),
        ]
        return result(self.id, self.name, sections, [_spoken(metrics, fillers), deaf])


def _count(metrics: Metrics) -> str:
    if not metrics.filler_word_count:
        return "We heard no fillers"
    return (
        f"We heard {counted(metrics.filler_word_count, 'filler')} in {metrics.duration_formatted}, "
        f"which is {metrics.filler_word_frequency:.1f} a minute"
    )


def _spoken(metrics: Metrics, fillers: Sequence[FillerWord]) -> str:
    if not fillers:
        return "I heard no fillers."
    total = counted(metrics.filler_word_count, "filler")
    most = fillers[0]
    if len(fillers) == 1:
        each = "each of them " if most.count > 1 else ""
        return f"I heard {total}, {each}{quoted(most.word)}."
    return f"I heard {total}, most often {quoted(most.word)}, {_times(most.count)}."


def _daily(words: Sequence[Word], word: str) -> str:
    if not word.strip():
        return ""
    count = len(uses(words, word))
    said = f"{_times(count)}, inflections included" if count else "not heard in this speech"
    return f"{quoted(word)}: {said}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count) or counted(count, "time")


def _marker(marker: FillerWord) -> str:
    return f"{quoted(marker.word)} {_times(marker.count)}, from {at(marker.timestamps[0])} on"


def _places(filler: FillerWord, words: Sequence[Word]) -> RoleSection:
    places = [
        f"{at(time)}: {_context(filler, time, words)}" for time in filler.timestamps[:_MOST_PLACES]
    ]
    more = len(filler.timestamps) - len(places)
    return section(
        f"{quoted(filler.word)}, {_times(filler.count)}",
        *places,
        f"And {in_words(more)} more" if more > 0 else "",
    )


def _context(filler: FillerWord, time: float, words: Sequence[Word]) -> str:
    first = min(range(len(words)), key=lambda index: abs(words[index].start_time - time))
    last = first + len(filler.word.split()) + _AROUND
    return quoted(words_between(words, first - _AROUND, last))
