"""When words were said that an engine gives without times, or apart from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from evaluations.core.alignment import aligned
from evaluations.core.series import AudioSeries
from evaluations.core.shapes import Segment, Transcript, Word
from evaluations.core.tokens import tokenise

LEAST_SECONDS: Final = 0.12
"""That a word takes: where another engine's words leave less, they are not held to."""


@dataclass(frozen=True, slots=True)
class _Anchor:
    """The word ``index`` is said from ``start`` to ``end``."""

    index: int
    start: float
    end: float


def placed(
    texts: Sequence[str],
    heard: Sequence[Word],
    span: tuple[float, float],
    series: AudioSeries,
) -> tuple[Word, ...]:
    """``texts``, said in order within ``span`` (seconds of the speech), with times.

    A word that ``heard`` has too, at its place among the others, has its time there; those between
    are laid over what sounds between them. Bare punctuation is left out. ``series`` is the loudness
    of the whole speech.
    """
    texts = [text for text in texts if tokenise(text)]
    if not texts or span[1] <= span[0]:
        return ()
    first, *between, last = _held(texts, heard, span)
    segments: list[Segment] = []
    before = first
    for anchor in (*between, last):
        if missing := texts[before.index + 1 : anchor.index]:
            segments.append(
                Segment(
                    text=" ".join(missing),
                    start_time=before.end,
                    end_time=max(before.end, anchor.start),
                    is_final=True,
                )
            )
        if anchor is not last:
            segments.append(_said(texts[anchor.index], anchor))
        before = anchor
    return _in_order(aligned(Transcript(segments=tuple(segments)), series).words)


def _held(texts: Sequence[str], heard: Sequence[Word], span: tuple[float, float]) -> list[_Anchor]:
    """The words whose times are held to, between the edges of ``span``."""
    # Only what lies within: elsewhere the same words may stand too.
    near = [one for one in heard if span[0] <= one.start_time < one.end_time <= span[1]]
    held = [_Anchor(-1, span[0], span[0])]
    for at, other in _common(texts, [word.word for word in near]):
        anchor = _Anchor(at, near[other].start_time, near[other].end_time)
        while len(held) > 1 and not _leaves_room(held[-1], anchor):
            held.pop()
        if _leaves_room(held[-1], anchor):
            held.append(anchor)
    last = _Anchor(len(texts), span[1], span[1])
    while len(held) > 1 and not _leaves_room(held[-1], last):
        held.pop()
    return [*held, last]


def _common(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """As many equal words as both have in the same order, by their places in either.

    Exact, where ``difflib`` is greedy: in a speech with a refrain it takes one for another.
    """
    numbers: dict[tuple[str, ...], int] = {}
    left, right = (
        np.array([numbers.setdefault(tokenise(text), len(numbers)) for text in texts], dtype=int)
        for texts in (ours, theirs)
    )
    # longest[i, j]: of the first i of ours and the first j of theirs.
    longest = np.zeros((len(left) + 1, len(right) + 1), dtype=np.int32)
    for at, number in enumerate(left):
        row = np.maximum(longest[at, 1:], longest[at, :-1] + (right == number))
        longest[at + 1, 1:] = np.maximum.accumulate(row)
    pairs = []
    at, other = len(left), len(right)
    while at and other:
        if longest[at, other] == longest[at, other - 1]:
            other -= 1
        elif longest[at, other] == longest[at - 1, other]:
            at -= 1
        else:
            at, other = at - 1, other - 1
            pairs.append((at, other))
    return pairs[::-1]


def _leaves_room(one: _Anchor, other: _Anchor) -> bool:
    missing = other.index - one.index - 1
    return one.start <= other.start and (
        not missing or other.start - one.end >= missing * LEAST_SECONDS
    )


def _said(text: str, anchor: _Anchor) -> Segment:
    word = Word(word=text, start_time=anchor.start, end_time=anchor.end, confidence=1.0)
    return Segment(
        text=text, start_time=anchor.start, end_time=anchor.end, words=(word,), is_final=True
    )


def _in_order(words: Sequence[Word]) -> tuple[Word, ...]:
    """No word begins before the one before it, by a rounding or by an engine's mistake."""
    ordered: list[Word] = []
    clock = 0.0
    for word in words:
        clock = max(clock, word.start_time)
        end = max(clock, word.end_time)
        ordered.append(word.model_copy(update={"start_time": clock, "end_time": end}))
    return tuple(ordered)
