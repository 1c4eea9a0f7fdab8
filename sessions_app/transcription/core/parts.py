"""A recording that was heard in parts which overlap, joined."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from evaluations.core.shapes import Word

SAME_SECONDS: Final = 0.4
"""How far two engines' runs may place the same word apart."""
MISSING_SECONDS: Final = 2.0
"""How much shorter than what was sent a vendor may find the audio."""


class UnusableAnswerError(ValueError):
    """A vendor's answer cannot be a transcript of the audio that it was given."""


@dataclass(frozen=True, slots=True)
class Part:
    """The words of a part of the speech that lies from ``start`` to ``end`` seconds in it."""

    start: float
    end: float
    words: tuple[Word, ...]


def moved(word: Word, by: float) -> Word:
    """``word``, ``by`` seconds later."""
    times = {
        "start_time": round(word.start_time + by, 3),
        "end_time": round(word.end_time + by, 3),
    }
    return word.model_copy(update=times)


def joined(parts: Iterable[Part], same_seconds: float = SAME_SECONDS) -> tuple[Word, ...]:
    """The words of parts that overlap, in order, none twice and none lost.

    ``same_seconds`` is how far two runs may place the same word apart.
    """
    words: tuple[Word, ...] = ()
    end = 0.0
    for part in sorted(parts, key=lambda part: part.start):
        words = _joined(words, part.words, (part.start, min(end, part.end)), same_seconds)
        end = max(end, part.end)
    return words


def _joined(
    left: tuple[Word, ...],
    right: tuple[Word, ...],
    overlap: tuple[float, float],
    same_seconds: float,
) -> tuple[Word, ...]:
    """Two runs over the same audio in ``overlap``.

    They change over at a word that both heard at the same time, between the same words if there is
    one, near the middle: at the edges either may have heard half a word. Where they agree on none,
    at the middle.
    """
    start, end = overlap
    middle = (start + end) / 2
    shared = [
        (
            -_neighbours(left, at, right, other),
            _apart(ours, theirs) * 10 + abs(ours.start_time - middle),
            at,
            other,
        )
        for at, ours in enumerate(left)
        if ours.end_time > start
        for other, theirs in enumerate(right)
        if theirs.start_time < end and _same(ours, theirs, same_seconds)
    ]
    if shared:
        *_, at, other = min(shared)
        return left[: at + 1] + right[other + 1 :]
    kept = tuple(word for word in left if _centre(word) < middle)
    return kept + tuple(word for word in right if _centre(word) >= middle)


def _neighbours(left: Sequence[Word], at: int, right: Sequence[Word], other: int) -> int:
    """How many of the words before and after one that both heard both heard too."""
    return sum(
        0 <= at + by < len(left)
        and 0 <= other + by < len(right)
        and _plain(left[at + by].word) == _plain(right[other + by].word)
        for by in (-1, 1)
    )


def _same(one: Word, other: Word, seconds: float) -> bool:
    return _apart(one, other) <= seconds and _plain(one.word) == _plain(other.word)


def _apart(one: Word, other: Word) -> float:
    return abs(one.start_time - other.start_time)


def _centre(word: Word) -> float:
    return (word.start_time + word.end_time) / 2


def _plain(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter.isalnum()) or word
