"""Slips of agreement and tense that allow no second reading.

Standard written English is the measure that a meeting's grammarian goes by. Only pairs of words
that are a slip whatever surrounds them are listed, apart from a few words before that would make
them right, and only words that the transcriber is sure of.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evaluations.core.sentences import CLAUSE_GAP, ends_clause, gap_before
from evaluations.core.shapes import Word
from evaluations.core.stopwords import word_set
from evaluations.core.tokens import plain

# measures.md, "Evidence": above this the built-in transcriber is right in 97 % of its words.
SURE = 0.9


@dataclass(frozen=True, slots=True)
class Slip:
    """Words ``first`` to ``last`` (excluded) and the form that agrees."""

    first: int
    last: int
    better: str


_SINGULAR = ("he", "she", "it")
_PLURAL = ("we", "they", "you")
_PAIRS: dict[tuple[str, str], str] = {
    **{(who, "dont"): f"{who} doesn't" for who in _SINGULAR},
    **{(who, "havent"): f"{who} hasn't" for who in _SINGULAR},
    **{(who, "was"): f"{who} were" for who in _PLURAL},
    **{(who, "wasnt"): f"{who} weren't" for who in _PLURAL},
    **{(who, "has"): f"{who} have" for who in (*_PLURAL, "i")},
    **{(who, "is"): f"{who} are" for who in _PLURAL},
    ("have", "went"): "have gone",
    ("has", "went"): "has gone",
    ("didnt", "went"): "didn't go",
    ("didnt", "saw"): "didn't see",
    ("didnt", "came"): "didn't come",
    ("didnt", "knew"): "didn't know",
    ("didnt", "had"): "didn't have",
    ("didnt", "did"): "didn't do",
    ("didnt", "got"): "didn't get",
    ("more", "better"): "better",
    ("more", "easier"): "easier",
    ("more", "bigger"): "bigger",
}
# A pronoun that closes another phrase is no subject: "the one who told you was late".
_SUBJECT_FOLLOWS = word_set("and but because so when if since although while then as or")


def slips(words: Sequence[Word]) -> tuple[Slip, ...]:
    """The slips among timed ``words``, in order."""
    heard = [plain(word) for word in words]
    found = []
    for index in range(len(heard) - 1):
        better = _PAIRS.get((heard[index], heard[index + 1]))
        if (
            better is not None
            and min(words[index].confidence, words[index + 1].confidence) >= SURE
            and not ends_clause(words[index].word)
            and gap_before(words, index + 1) < CLAUSE_GAP
            and _stands(words, heard, index)
        ):
            found.append(Slip(index, index + 2, better))
    return tuple(found)


def _stands(words: Sequence[Word], heard: Sequence[str], index: int) -> bool:
    """Whether the first word of a pair is a subject (or no pronoun, and needs to be none)."""
    if heard[index] not in {*_SINGULAR, *_PLURAL, "i"}:
        return True
    if index == 0 or ends_clause(words[index - 1].word):
        return True
    return heard[index - 1] in _SUBJECT_FOLLOWS or gap_before(words, index) >= CLAUSE_GAP
