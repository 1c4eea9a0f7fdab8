"""Words compared as a recogniser gives them: nearly the right ones."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from evaluations.core.vocabulary import stem

_LONG = 5


@lru_cache(maxsize=20_000)
def alike(said: str, meant: str) -> bool:
    """Whether ``said`` may be ``meant``: the same stem, or a longer word with one letter off."""
    if said == meant or stem(said) == stem(meant):
        return True
    if min(len(said), len(meant)) < _LONG or abs(len(said) - len(meant)) > 1:
        return False
    return _one_edit(said, meant)


def mentions(tokens: Iterable[str], meant: str) -> bool:
    """Whether one of ``tokens`` may be ``meant``."""
    return any(alike(token, meant) for token in tokens)


def has_phrase(tokens: Sequence[str], phrase: str) -> bool:
    """Whether the words of ``phrase`` stand in ``tokens`` one after another."""
    words = phrase.split()
    return any(
        all(alike(said, meant) for said, meant in zip(tokens[at:], words, strict=False))
        for at in range(len(tokens) - len(words) + 1)
    )


def _one_edit(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) == len(other):
        return one[at + 1 :] == other[at + 1 :]
    return one[at:] == other[at + 1 :]
