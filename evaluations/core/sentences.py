"""Where sentences and clauses begin, by punctuation where there is any and by silence otherwise."""

from collections.abc import Sequence
from typing import NamedTuple

import pysbd

from evaluations.core.shapes import Word

TERMINAL = (".", "!", "?", "…")
_CLOSERS = "\"'”’)]»"
_COMMAS = (",", ";", ":", "—", "–", "-")

# The built-in transcriber gives no punctuation; a reader's sentences are then told by silence.
# 0.3 s is where measures.md lets a pause begin; twice that separates sentences from phrases.
CLAUSE_GAP = 0.3
SENTENCE_GAP = 0.6
_WORDS_PER_MARK = 60


class Span(NamedTuple):
    """Words ``first`` to ``last`` of a speech, ``last`` excluded."""

    first: int
    last: int


def gap_before(words: Sequence[Word], index: int) -> float:
    """Seconds of silence before word ``index``; the first word has all the silence there is."""
    if index <= 0:
        return float("inf")
    return max(0.0, words[index].start_time - words[index - 1].end_time)


def ends_sentence(word: str) -> bool:
    return word.rstrip(_CLOSERS).endswith(TERMINAL)


def ends_clause(word: str) -> bool:
    return ends_sentence(word) or word.rstrip(_CLOSERS).endswith(_COMMAS)


def is_punctuated(words: Sequence[Word]) -> bool:
    """Whether the engine writes punctuation: at least one full stop for every sixty words."""
    marks = sum(ends_sentence(word.word) for word in words)
    return marks > 0 and marks * _WORDS_PER_MARK >= len(words)


def sentences(words: Sequence[Word]) -> tuple[Span, ...]:
    """The sentences of ``words``, in order and without gaps."""
    if not words:
        return ()
    starts = _punctuated_starts(words) if is_punctuated(words) else _silent_starts(words)
    return tuple(Span(a, b) for a, b in zip(starts, [*starts[1:], len(words)], strict=True))


def starts_clause(words: Sequence[Word], index: int) -> bool:
    """Whether word ``index`` comes first, after a mark, or after a silence of 0.3 s."""
    return (
        index == 0 or ends_clause(words[index - 1].word) or gap_before(words, index) >= CLAUSE_GAP
    )


def clause_starts(words: Sequence[Word]) -> tuple[int, ...]:
    return tuple(index for index in range(len(words)) if starts_clause(words, index))


def _punctuated_starts(words: Sequence[Word]) -> list[int]:
    text = " ".join(word.word for word in words)
    offsets = []
    offset = 0
    for word in words:
        offsets.append(offset)
        offset += len(word.word) + 1
    spans = pysbd.Segmenter(language="en", clean=False, char_span=True).segment(text)
    begins = {span.start for span in spans}
    return [i for i, at in enumerate(offsets) if i == 0 or at in begins]


def _silent_starts(words: Sequence[Word]) -> list[int]:
    return [i for i in range(len(words)) if gap_before(words, i) >= SENTENCE_GAP]
