"""Filler words, each occurrence with its time; rules from measures.md, "Metrics"."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evaluations.core.sentences import (
    CLAUSE_GAP,
    ends_clause,
    ends_sentence,
    gap_before,
    starts_clause,
)
from evaluations.core.shapes import CamelShape, Word
from evaluations.core.stopwords import word_set
from evaluations.core.tokens import plain, tokenise

Classification = Literal["true_filler", "discourse_marker"]


class FillerWord(CamelShape):
    """One filler and where it was said. Only true fillers count towards the totals."""

    word: str
    count: int
    timestamps: tuple[float, ...]
    classification: Classification


@dataclass(frozen=True, slots=True)
class FillerOccurrence:
    """``length`` spoken words from ``index`` on are the filler ``word``."""

    word: str
    index: int
    length: int
    start: float
    classification: Classification


_HESITATIONS = {
    "um": re.compile(r"u+m+|e+h?m+"),
    "uh": re.compile(r"u+h+"),
    "er": re.compile(r"e+r+m?"),
    "ah": re.compile(r"a+h+"),
    "hm": re.compile(r"h+m+"),
}
_ADVERBS = frozenset({"actually", "basically", "literally"})
_MARKERS = _ADVERBS | {"right", "okay", "ok"}

_PERCEPTION_OR_BEING = word_set(
    "look looks looked looking sound sounds sounded sounding feel feels felt feeling seem seems "
    "seemed smell smells smelled smelt taste tastes tasted be am is are was were been being im "
    "its thats youre theyre were hes shes"
)
# After these "like" is a verb or a preposition, not a filler.
_LIKE_AS_VERB = word_set(
    "i you we they would id youd wed theyd he she to dont didnt doesnt wouldnt people who "
    "really also never always not just more much something anything nothing things people "
    "someone somebody what exactly do did does act acts acted work works worked"
)
_COMPARISON = word_set(
    "a an the this that these those my your our his her their its me you him us them when it no "
    "any every some one two many most in"
)
_NOT_DISCOURSE_AFTER_KNOW = word_set(
    "that what how who whose why where when which if whether about the a an this it him her them "
    "me us my your our their of"
)
_NOT_DISCOURSE_BEFORE_KNOW = word_set(
    "do did if as let lets that what how will would when because should can could might may "
    "dont didnt all once before than until whatever thing things people everything one"
)
_KIND_BEFORE = word_set(
    "a an the this that these those what some any every each another one same different new "
    "certain other particular all no which whatever his her their our my your first right "
    "best worst only many two three"
)
_MEAN_BEFORE = word_set("what do did if that know when because how whatever which does dont didnt")


def occurrences(words: Sequence[Word], extra: Sequence[str] = ()) -> tuple[FillerOccurrence, ...]:
    """The fillers among timed ``words``, in order. ``extra`` are words of a club or a speaker."""
    heard = [plain(word) for word in words]
    own = [phrase for phrase in (tokenise(text) for text in extra) if phrase]
    found: list[FillerOccurrence] = []
    index = 0
    while index < len(heard):
        match = _at(words, heard, index, own)
        if match is None:
            index += 1
            continue
        name, length, kind = match
        start = round(words[index].start_time, 2)
        found.append(FillerOccurrence(name, index, length, start, kind))
        index += length
    return tuple(found)


def tally(found: Sequence[FillerOccurrence]) -> tuple[FillerWord, ...]:
    """Occurrences gathered by word and kind, the most frequent first."""
    groups: dict[tuple[str, Classification], list[float]] = {}
    for occurrence in found:
        groups.setdefault((occurrence.word, occurrence.classification), []).append(occurrence.start)
    entries = [
        FillerWord(word=word, count=len(times), timestamps=tuple(times), classification=kind)
        for (word, kind), times in groups.items()
    ]
    return tuple(sorted(entries, key=lambda entry: (-entry.count, entry.word)))


def hesitation_sound(token: str) -> str | None:
    """The sound a normalised ``token`` spells ("ummm" → "um"), or None."""
    for name, pattern in _HESITATIONS.items():
        if pattern.fullmatch(token):
            return name
    return None


def _at(
    words: Sequence[Word], heard: Sequence[str], index: int, own: Sequence[tuple[str, ...]]
) -> tuple[str, int, Classification] | None:
    said = heard[index]
    for phrase in own:
        if tuple(heard[index : index + len(phrase)]) == phrase:
            return " ".join(phrase), len(phrase), "true_filler"
    sound = hesitation_sound(said)
    if sound is not None:
        return sound, 1, "true_filler"
    pair = " ".join(heard[index : index + 2])
    if pair in _PHRASES and _PHRASES[pair](words, heard, index):
        return pair, 2, "true_filler"
    if said == "like" and _like(words, heard, index):
        return "like", 1, "true_filler"
    if said == "so" and _after_a_pause(words, index):
        return "so", 1, "discourse_marker"
    if said in _MARKERS and _set_off(words, index, said):
        return "okay" if said == "ok" else said, 1, "discourse_marker"
    return None


def _neighbour(heard: Sequence[str], index: int) -> str:
    return heard[index] if 0 <= index < len(heard) else ""


def _bracketed(words: Sequence[Word], first: int, last: int) -> bool:
    """Set off on both sides by a mark or a silence: then it is discourse whatever surrounds it."""
    return starts_clause(words, first) and _closes(words, last)


def _closes(words: Sequence[Word], index: int) -> bool:
    return (
        ends_clause(words[index].word)
        or index + 1 >= len(words)
        or gap_before(words, index + 1) >= CLAUSE_GAP
    )


def _set_off(words: Sequence[Word], index: int, token: str) -> bool:
    """Clause-initial or clause-final, and parted from the clause by a mark or a silence.

    An adverb that opens a clause is heard as a marker without a comma after it; "right" and "okay"
    are not ("right now", "okay by me").
    """
    return starts_clause(words, index) and (token in _ADVERBS or _closes(words, index))


def _after_a_pause(words: Sequence[Word], index: int) -> bool:
    """Where a comma alone comes before it, "so" is a conjunction."""
    return (
        index == 0 or ends_sentence(words[index - 1].word) or gap_before(words, index) >= CLAUSE_GAP
    )


def _you_know(words: Sequence[Word], heard: Sequence[str], index: int) -> bool:
    if _bracketed(words, index, index + 1):
        return True
    before, after = _neighbour(heard, index - 1), _neighbour(heard, index + 2)
    return before not in _NOT_DISCOURSE_BEFORE_KNOW and after not in _NOT_DISCOURSE_AFTER_KNOW


def _i_mean(words: Sequence[Word], heard: Sequence[str], index: int) -> bool:
    if _bracketed(words, index, index + 1):
        return True
    after = _neighbour(heard, index + 2)
    return _neighbour(heard, index - 1) not in _MEAN_BEFORE and after not in {"by", "to", "that"}


def _sort_of(words: Sequence[Word], heard: Sequence[str], index: int) -> bool:
    if _bracketed(words, index, index + 1):
        return True
    return _neighbour(heard, index - 1) not in _KIND_BEFORE


def _like(words: Sequence[Word], heard: Sequence[str], index: int) -> bool:
    before, after = _neighbour(heard, index - 1), _neighbour(heard, index + 1)
    if _bracketed(words, index, index) or hesitation_sound(before) or hesitation_sound(after):
        return True
    if before in _PERCEPTION_OR_BEING:
        return False
    return before not in _LIKE_AS_VERB and after not in _COMPARISON and bool(before and after)


_PHRASES: Mapping[str, Callable[[Sequence[Word], Sequence[str], int], bool]] = {
    "you know": _you_know,
    "i mean": _i_mean,
    "sort of": _sort_of,
    "kind of": _sort_of,
}
