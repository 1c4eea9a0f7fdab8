"""Gives every word of a speech its time, by the marks alone.

A sentence of n words at p words a minute takes 60 n / p seconds, breaths included: 0.35 s at a
comma, 0.7 s at its end. A marked pause takes the place of the breath and is added.
"""

from collections.abc import Iterator

from evaluations.core.sentences import ends_clause, ends_sentence
from evaluations.core.shapes import Segment, Transcript, Word
from evaluations.core.tokens import tokenise
from tests.corpus.script import Script

COMMA_SECONDS = 0.35
STOP_SECONDS = 0.7
_BETWEEN = 0.02
_BEGIN = 0.5


def seconds_of(script: Script) -> float:
    """How long the speech takes by its marks, from the first word to the last."""
    spoken = sum(60 / script.pace_at(at) for at in range(len(script.words)))
    last = breath(script, len(script.words) - 1)
    return spoken + sum(script.pauses.values()) - last


def timed(script: Script, confidence: float = 0.9) -> Transcript:
    """The speech as an engine with punctuation and word times hears it, a segment a sentence."""
    words: list[Word] = []
    segments: list[Segment] = []
    clock = _BEGIN
    for first, last in sentences(script):
        budget = sum(60 / script.pace_at(at) for at in range(first, last))
        gaps = [breath(script, at) for at in range(first, last)]
        letters = [3 + len(script.words[at]) for at in range(first, last)]
        share = (budget - sum(gaps)) / sum(letters)
        for at in range(first, last):
            clock += script.pauses.get(at, 0.0)
            length = letters[at - first] * share
            words.append(
                Word(
                    word=script.words[at],
                    start_time=round(clock, 3),
                    end_time=round(clock + max(0.05, length - _BETWEEN), 3),
                    confidence=confidence,
                )
            )
            clock += length + gaps[at - first]
        segments.append(_segment(words[first:last]))
    return Transcript(segments=tuple(segments))


def bare(transcript: Transcript) -> Transcript:
    """The same words as the built-in engine writes them: lower case, without punctuation."""
    return Transcript(
        segments=tuple(
            _segment(
                [
                    word.model_copy(update={"word": " ".join(tokenise(word.word))})
                    for word in segment.words
                    if tokenise(word.word)
                ]
            )
            for segment in transcript.segments
        )
    )


def sentences(script: Script) -> Iterator[tuple[int, int]]:
    """Runs of words that end in a full stop, or where the pace changes."""
    first = 0
    for at, word in enumerate(script.words):
        if ends_sentence(word) or at + 1 in script.paces or at + 1 == len(script.words):
            yield first, at + 1
            first = at + 1


def breath(script: Script, at: int) -> float:
    """The silence after word ``at`` that no mark asks for."""
    if at + 1 in script.pauses:
        return 0.0
    word = script.words[at]
    if ends_sentence(word):
        return STOP_SECONDS
    return COMMA_SECONDS if ends_clause(word) else 0.0


def _segment(words: list[Word]) -> Segment:
    return Segment(
        text=" ".join(word.word for word in words),
        start_time=words[0].start_time,
        end_time=words[-1].end_time,
        words=tuple(words),
        is_final=True,
    )
