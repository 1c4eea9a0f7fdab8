"""What the built-in evaluator may remark on: a kind, its place in the speech, and its facts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from evaluations.core.evidence import MOST_TOKENS, SUREST, Occurrence
from evaluations.core.metrics import Metrics
from evaluations.core.passages import Passages
from evaluations.core.pauses import OPEN_ENDED
from evaluations.core.prose import unquoted
from evaluations.core.rhetoric import Device, Speech, devices
from evaluations.core.shapes import Brief, Word
from evaluations.core.stopwords import STOPWORDS, word_set
from evaluations.core.tokens import tokenise
from evaluations.core.vocabulary import stem

_FEWEST_RETURNS = 3
# They return in every talk, and none is about them.
_NO_SUBJECT = word_set(
    """
    ask asked asking away came come coming day days each every look looked looking long minute
    minutes nobody people second seconds somebody someone talk talked tell telling tells thousand
    time times told took turn turned went work years hundred hour hours morning evening tonight
    three four five seven eight nine believe called call felt feel
    """
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found in words ``first`` to ``last`` (excluded); heavier ones are said first."""

    kind: str
    first: int
    last: int
    weight: float
    facts: Mapping[str, str] = field(default_factory=dict)

    def weighing(self, more: float) -> "Finding":
        return replace(self, weight=self.weight + more)


class Heard:
    """A speech as the evaluator knows it: words, devices, metrics, and what was set out to do."""

    def __init__(self, brief: Brief, words: Sequence[Word], metrics: Metrics) -> None:
        self.brief = brief
        self.metrics = metrics
        self.speech = Speech(words)
        self.words = self.speech.words
        self.tokens = self.speech.heard
        self.begin = words[0].start_time
        self.duration = max(0.001, words[-1].end_time - words[0].start_time)

    @cached_property
    def devices(self) -> tuple[Device, ...]:
        return devices(self.speech)

    @cached_property
    def topic(self) -> tuple[str, tuple[int, ...]] | None:
        """The content word that returns most, in its commonest form, and where it stands; a word of
        the title before any other."""
        places: dict[str, list[int]] = {}
        for index, token in enumerate(self.tokens):
            if len(token) >= 4 and token not in STOPWORDS | _NO_SUBJECT and token.isalpha():
                places.setdefault(stem(token), []).append(index)
        sure = {
            root: found
            for root, found in places.items()
            if len(found) >= _FEWEST_RETURNS and self.confidence_at(found) >= SUREST
        }
        titled = {stem(token) for token in tokenise(self.brief.project.speech_title)}
        best = max(
            sure.items(),
            key=lambda entry: (entry[0] in titled, len(entry[1]), -entry[1][0]),
            default=("", []),
        )[1]
        if not best:
            return None
        forms = Counter(self.tokens[index] for index in best)
        return max(forms, key=lambda form: (forms[form], form)), tuple(best)

    def quote(
        self,
        first: int,
        last: int,
        avoid: Sequence[tuple[int, int]] = (),
        most: int = MOST_TOKENS,
    ) -> Occurrence | None:
        """The best quote for a place; see ``Passages.best``."""
        return self._passages.best(first, last, avoid, most)

    @cached_property
    def _passages(self) -> Passages:
        return Passages(self.words)

    def confidence_at(self, indices: Sequence[int]) -> float:
        return sum(self.words[index].confidence for index in indices) / max(1, len(indices))

    def confidence(self, first: int, last: int) -> float:
        return self.confidence_at(range(first, last))

    def join(self, indices: Sequence[int]) -> str:
        said = " ".join(self.words[index].word for index in indices)
        return unquoted(said).rstrip(".,;:!?")

    def trimmed(self, first: int, last: int) -> tuple[int, int]:
        """``first`` to ``last`` without words at its end that leave it hanging in the air."""
        while last - first > 3 and self.tokens[last - 1] in OPEN_ENDED:
            last -= 1
        return first, last

    def at(self, seconds: float) -> int:
        """The first word that starts at ``seconds`` or later; the last word if none does."""
        for index, word in enumerate(self.words):
            if word.start_time >= seconds - 1e-6:
                return index
        return len(self.words) - 1

    def when(self, index: int) -> str:
        """When word ``index`` was said, as one says it aloud."""
        seconds = self.words[index].start_time - self.begin
        share = seconds / self.duration
        if share >= 0.9:
            return "near the end"
        if share <= 0.06:
            return "right at the start"
        if self.duration < 40:
            return "early on" if share < 0.35 else "midway through" if share < 0.65 else "later on"
        return f"about {_rounded(seconds)} in"

    @property
    def length(self) -> str:
        """How long the speech was, as one says it aloud."""
        return f"about {_rounded(self.duration)}"

    def content(self, first: int, last: int, most: int) -> tuple[str, ...]:
        """The most telling words of a place: long, sure, and not grammar."""
        found = {
            self.tokens[index]: (self.words[index].confidence >= SUREST, len(self.tokens[index]))
            for index in range(first, last)
            if self.tokens[index] not in STOPWORDS and len(self.tokens[index]) >= 4
        }
        return tuple(sorted(found, key=lambda token: (found[token], token), reverse=True)[:most])

    @cached_property
    def telling_clauses(self) -> tuple[tuple[int, int], ...]:
        """Runs of words worth quoting, the most telling first: concrete and surely heard."""
        starts = self.speech.clauses
        runs = [
            (max(first, last - 12), last)
            for first, last in zip(starts, [*starts[1:], len(self.words)], strict=True)
            if last - first >= 4
        ] or [(max(0, len(self.words) - 12), len(self.words))]

        def worth(run: tuple[int, int]) -> tuple[bool, float, int]:
            content = [at for at in range(*run) if self.tokens[at] not in STOPWORDS]
            length = sum(len(self.tokens[at]) for at in content)
            sure = self.confidence(*run)
            return (sure >= SUREST, round(sure * length / (run[1] - run[0]), 3), -run[0])

        return tuple(sorted(runs, key=worth, reverse=True))


_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
)
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety"


def in_words(number: int) -> str:
    """``number`` in words up to 99, in figures beyond."""
    small, tens = _NUMBERS.split(), _TENS.split()
    if number <= 20:
        return small[number]
    if number < 100:
        unit = f"-{small[number % 10]}" if number % 10 else ""
        return tens[number // 10] + unit
    return str(number)


def _rounded(seconds: float) -> str:
    if seconds < 10:
        return f"{in_words(max(2, round(seconds)))} seconds"
    if seconds < 52.5:
        return f"{in_words(5 * round(seconds / 5))} seconds"
    if 66 <= seconds < 80:
        return "a minute and a quarter"
    halves = round(seconds / 30)
    whole, half = divmod(halves, 2)
    if whole == 1:
        return "a minute and a half" if half else "a minute"
    return f"{in_words(whole)} and a half minutes" if half else f"{in_words(whole)} minutes"
