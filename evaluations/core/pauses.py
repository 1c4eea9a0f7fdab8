"""Silences between words, and what they were for; thresholds from measures.md, "Metrics"."""

from collections.abc import Collection, Sequence
from typing import Literal

from evaluations.core.sentences import ends_sentence, is_punctuated
from evaluations.core.shapes import CamelShape, Word
from evaluations.core.stopwords import word_set
from evaluations.core.tokens import plain

REPORTED_SECONDS = 1.5
LONGEST_INTENTIONAL_SECONDS = 4.0

# Words that cannot close a sentence: what follows was still to come.
OPEN_ENDED = word_set(
    "a an the of and or but to with my your our his her their its for from in on at by as if "
    "because so than that which who whose into is are was were be very i we they he she"
)


class Pause(CamelShape):
    """A silence of at least 1.5 s. An ``unclassified`` one is listed but not counted."""

    start: float
    end: float
    duration: float
    type: Literal["intentional", "hesitation", "unclassified"]
    reason: str


def pauses(words: Sequence[Word], fillers: Collection[int]) -> tuple[Pause, ...]:
    """The pauses among timed ``words``; ``fillers`` are the indices of words that are fillers.

    Without punctuation no sentence end is known for sure: a word is then sentence-final when it
    could be, which is one of the three signs and never enough alone.
    """
    punctuated = is_punctuated(words)
    found = []
    for index in range(1, len(words)):
        start, end = words[index - 1].end_time, words[index].start_time
        if end - start >= REPORTED_SECONDS - 1e-9:
            kind, reason = _judge(words, index, fillers, punctuated=punctuated)
            found.append(
                Pause(
                    start=round(start, 2),
                    end=round(end, 2),
                    duration=round(end - start, 2),
                    type=kind,
                    reason=reason,
                )
            )
    return tuple(found)


def _judge(
    words: Sequence[Word], index: int, fillers: Collection[int], *, punctuated: bool
) -> tuple[Literal["intentional", "hesitation", "unclassified"], str]:
    before, after = words[index - 1], words[index]
    if index - 1 in fillers:
        return "hesitation", "a filler precedes it"
    if plain(before) == plain(after):
        return "hesitation", "a word is repeated across it"
    if punctuated and ends_sentence(before.word):
        return "intentional", "it follows the end of a sentence"
    signs = []
    if after.start_time - before.end_time <= LONGEST_INTENTIONAL_SECONDS:
        signs.append("of a considered length")
    if after.word[:1].isupper() and plain(after) not in {"i", "im", "ill", "ive", "id"}:
        signs.append("before a capital")
    if not punctuated and plain(before) not in OPEN_ENDED:
        signs.append("after a word that can end a sentence")
    if len(signs) >= 2:
        return "intentional", " and ".join(signs)
    return "unclassified", "nothing tells what it was for"
