"""Which words of a speech to quote for something that was found in it."""

from collections.abc import Sequence
from itertools import accumulate

from evaluations.core.evidence import FEWEST_TOKENS, MOST_TOKENS, SUREST, Occurrence
from evaluations.core.pauses import OPEN_ENDED
from evaluations.core.sentences import SENTENCE_GAP, ends_sentence, gap_before, starts_clause
from evaluations.core.shapes import Word
from evaluations.core.stopwords import word_set
from evaluations.core.tokens import plain, tokenise

_BEST_LENGTH = 9
# Words that begin a phrase more often than they stand inside one.
_JOINTS = word_set("and but because so if when then or i we you he she they it there this the a")
_HESITATIONS = frozenset({"um", "uh", "er", "ah", "hm"})


class Passages:
    """The words of one speech, measured once for all quotes that are chosen from it."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = words
        said = [plain(word) for word in words]
        places = range(len(words))
        clauses = [starts_clause(words, at) for at in places]
        self._tokens = list(accumulate((len(tokenise(word.word)) for word in words), initial=0))
        self._confidence = [word.confidence for word in words]
        self._parts = [1.0 if clauses[at] else _joint(said, at) for at in places]
        # Whether a quote that runs on over the word would sound like two quotes.
        breaks = [
            gap_before(words, at) >= SENTENCE_GAP or ends_sentence(words[at - 1].word)
            for at in places
        ]
        self._dangling = [word in OPEN_ENDED for word in said]
        self._breaks_before = list(accumulate(breaks, initial=0))
        self._hesitant = [word in _HESITATIONS for word in said]
        # Each finding is weighed by its best quote, wherever others lie, several times.
        self._known: dict[tuple[int, int, int], Occurrence | None] = {}

    def best(
        self,
        first: int,
        last: int,
        avoid: Sequence[tuple[int, int]] = (),
        most: int = MOST_TOKENS,
    ) -> Occurrence | None:
        """The best quote for what was said in words ``first`` to ``last`` (excluded).

        Looks at every run of 6 to ``most`` tokens that overlaps the place and touches no range in
        ``avoid``. First come runs with a mean confidence of 0.6, then runs that cover the place and
        begin and end where a clause does, then the one the transcriber was surest of. None when
        there is no run.
        """
        if avoid:
            return self._best(first, last, avoid, most)
        place = (first, last, most)
        if place not in self._known:
            self._known[place] = self._best(first, last, (), most)
        return self._known[place]

    def _best(
        self, first: int, last: int, avoid: Sequence[tuple[int, int]], most: int
    ) -> Occurrence | None:
        count, tokens = len(self._words), self._tokens
        best: tuple[float, ...] | None = None
        found = (0, 0)
        for start in range(max(0, first - MOST_TOKENS), min(count, last)):
            for stop in range(max(start, first) + 1, min(count, start + MOST_TOKENS) + 1):
                if tokens[stop] - tokens[start] > most:
                    break
                if tokens[stop] - tokens[start] < FEWEST_TOKENS:
                    continue
                if any(start < end and begin < stop for begin, end in avoid):
                    continue
                rank = self._rank(start, stop, first, last)
                if best is None or rank > best:
                    best, found = rank, (start, stop)
        if best is None:
            return None
        return Occurrence(*found, self._words[found[0]].start_time)

    def _rank(self, start: int, stop: int, first: int, last: int) -> tuple[float, ...]:
        covered = max(0, min(stop, last) - max(start, first)) / min(last - first, MOST_TOKENS)
        confidence = sum(self._confidence[start:stop]) / (stop - start)
        opens = 1.4 if start == first else self._parts[start]
        ends = 1.0 if stop in {last, len(self._words)} else self._parts[stop]
        breaks = self._breaks_before[stop] - self._breaks_before[start + 1]
        hesitant = start != first and self._hesitant[start]
        fitness = (
            4 * min(covered, 0.8)
            + opens
            + ends
            - 2 * (self._dangling[stop - 1] and stop != last)
            - hesitant
            - 1.5 * breaks
        )
        return (
            confidence >= SUREST,
            round(fitness - abs(stop - start - _BEST_LENGTH) / 10),
            round(confidence, 3),
            fitness,
            -start,
        )


def _joint(said: Sequence[str], index: int) -> float:
    """How well words part before ``index`` where neither a mark nor a silence parts them."""
    if said[index - 1] in OPEN_ENDED:
        return -0.5
    return 0.6 if said[index] in _JOINTS else 0.0
