"""Words as they are compared: the one normalisation that evidence, fillers and phrases share."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from evaluations.core.shapes import Word

APOSTROPHES = "'’ʼ＇`´"
_MARKER = re.compile(r"^[\[<({+].*[\])>}+]$")


@lru_cache(maxsize=50_000)
def tokenise(text: str) -> tuple[str, ...]:
    """Normalise ``text`` (NFKC, casefold, no punctuation) and cut it into tokens.

    Letters, marks and digits of any script are kept. An apostrophe joins ("it's" → "its"); any
    other punctuation or symbol separates, so that a dash without spaces does not weld two words.
    Source: measures.md, "Evidence".
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = (
        char if unicodedata.category(char)[0] in "LMN" else ("" if char in APOSTROPHES else " ")
        for char in folded
    )
    return tuple("".join(kept).split())


def is_marker(word: str) -> bool:
    """Whether an engine wrote ``word`` for a sound, such as ``[noise]`` or ``<unk>``."""
    return bool(_MARKER.match(word.strip()))


@dataclass(frozen=True, slots=True)
class Token:
    """One normalised token, and the index of the spoken word it comes from."""

    text: str
    index: int


def tokens_of(words: Sequence[Word]) -> tuple[Token, ...]:
    """The tokens of ``words`` in order; a word may give none, one or several."""
    return tuple(
        Token(text, index)
        for index, word in enumerate(words)
        if not is_marker(word.word)
        for text in tokenise(word.word)
    )


def plain(word: Word) -> str:
    """The word as one normalised string, "" for a marker or bare punctuation."""
    return "" if is_marker(word.word) else "".join(tokenise(word.word))
