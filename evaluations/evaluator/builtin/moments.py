"""What was measured right where a quote stands."""

from evaluations.core.evidence import Occurrence
from evaluations.core.sentences import CLAUSE_GAP, gap_before
from evaluations.evaluator.builtin.findings import Heard, in_words

# Half of the window that pace is measured in, so that one moment is told from the next.
_AROUND_SECONDS = 15.0
_SHORTEST_SPEECH = 20.0


def rate_around(heard: Heard, place: Occurrence) -> int | None:
    """Words per minute in the 15 s around ``place``; None for a speech shorter than 20 s."""
    if heard.duration < _SHORTEST_SPEECH:
        return None
    end = heard.words[-1].end_time
    middle = (heard.words[place.first].start_time + heard.words[place.last - 1].end_time) / 2
    first = min(max(heard.begin, middle - _AROUND_SECONDS / 2), end - _AROUND_SECONDS)
    within = sum(
        first <= (word.start_time + word.end_time) / 2 < first + _AROUND_SECONDS
        for word in heard.words
    )
    return round(within * 60 / _AROUND_SECONDS)


def after_it(heard: Heard, place: Occurrence) -> str:
    """The silence after ``place``, as a phrase that ends a sentence."""
    if place.last >= len(heard.words):
        return "with nothing after it"
    gap = gap_before(heard.words, place.last)
    if gap < CLAUSE_GAP:
        return "with no break after it"
    if gap < 0.75:
        return "with half a second of silence after it"
    if gap < 1.5:
        return "with a second of silence after it"
    return f"with {in_words(round(gap))} seconds of silence after it"


def length_of(heard: Heard, place: Occurrence) -> str:
    """How long ``place`` took to say, to the second."""
    seconds = heard.words[place.last - 1].end_time - heard.words[place.first].start_time
    whole = round(seconds)
    if whole < 1:
        return "under a second"
    return "a second" if whole == 1 else f"{in_words(whole)} seconds"
