"""Recorded audio: the vendor's answer for a part of it, and the parts joined."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from evaluations.core.shapes import Transcript, Word
from sessions_app.transcription.deepgram.core.messages import best, number, segment, words_of

PAUSE_SECONDS: Final = 0.7
"""A pause this long ends an utterance …"""
LONG_SECONDS: Final = 12.0
"""… and in one that is longer than this, the end of a sentence does."""
SAME_SECONDS: Final = 0.4
"""How far two engines' runs may place the same word apart."""
MISSING_SECONDS: Final = 2.0
"""How much shorter than what was sent the vendor may find the audio."""


class UnusableAnswerError(ValueError):
    """The vendor's answer cannot be a transcript of the audio that it was given."""


@dataclass(frozen=True, slots=True)
class Part:
    """The words of a part of the speech that lies from ``start`` to ``end`` seconds in it."""

    start: float
    end: float
    words: tuple[Word, ...]


def decode(payload: object, start: float, seconds: float) -> Part:
    """The words of a part that begins at ``start`` in the speech and lasts ``seconds``.

    Raises:
        UnusableAnswerError: the answer is no transcript, or not one of all of the audio, or gives
            no times. A transcript that takes no time would make every measure wrong in silence.
    """
    if not isinstance(payload, Mapping):
        raise UnusableAnswerError("the answer is no object")
    alternative = _alternative(payload)
    metadata = payload.get("metadata")
    given = metadata.get("duration") if isinstance(metadata, Mapping) else None
    # An answer without a duration is measured by the audio; one with a wrong duration is wrong.
    duration = seconds if given is None else number(given)
    if duration is None or duration < seconds - MISSING_SECONDS or (seconds and not duration):
        raise UnusableAnswerError("the answer is not about all of the audio")
    words = words_of(alternative, 0.0, seconds)
    if words and all(word.end_time <= 0 for word in words):
        raise UnusableAnswerError("the words have no times")
    return Part(start, start + seconds, tuple(_moved(word, start) for word in words))


def _alternative(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    results = payload.get("results")
    channels = results.get("channels") if isinstance(results, Mapping) else None
    if not isinstance(channels, Sequence) or isinstance(channels, str) or not channels:
        raise UnusableAnswerError("the answer has no channel")
    alternative = best(channels[0])
    if "transcript" not in alternative and "words" not in alternative:
        raise UnusableAnswerError("the answer has no transcript")
    return alternative


def _moved(word: Word, by: float) -> Word:
    times = {
        "start_time": round(word.start_time + by, 3),
        "end_time": round(word.end_time + by, 3),
    }
    return word.model_copy(update=times)


def joined(parts: Iterable[Part]) -> tuple[Word, ...]:
    """The words of parts that overlap, in order, none twice and none lost."""
    words: tuple[Word, ...] = ()
    end = 0.0
    for part in sorted(parts, key=lambda part: part.start):
        words = _joined(words, part.words, part.start, min(end, part.end))
        end = max(end, part.end)
    return words


def _joined(
    left: tuple[Word, ...], right: tuple[Word, ...], start: float, end: float
) -> tuple[Word, ...]:
    """Two runs over the same audio between ``start`` and ``end``.

    They change over at a word that both heard at the same time, near the middle: at the edges
    either may have heard half a word. Where they agree on none, at the middle.
    """
    middle = (start + end) / 2
    shared = [
        (_apart(ours, theirs) * 10 + abs(ours.start_time - middle), at, other)
        for at, ours in enumerate(left)
        if ours.end_time > start
        for other, theirs in enumerate(right)
        if theirs.start_time < end and _same(ours, theirs)
    ]
    if shared:
        _, at, other = min(shared)
        return left[: at + 1] + right[other + 1 :]
    kept = tuple(word for word in left if _centre(word) < middle)
    return kept + tuple(word for word in right if _centre(word) >= middle)


def _same(one: Word, other: Word) -> bool:
    return _apart(one, other) <= SAME_SECONDS and _plain(one.word) == _plain(other.word)


def _apart(one: Word, other: Word) -> float:
    return abs(one.start_time - other.start_time)


def _centre(word: Word) -> float:
    return (word.start_time + word.end_time) / 2


def _plain(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter.isalnum()) or word


def transcript(words: Sequence[Word]) -> Transcript:
    """The words as utterances."""
    segments = []
    said: list[Word] = []
    for word, following in pairwise([*words, None]):
        if word is None:
            continue
        said.append(word)
        if following is None or _ends(said, following):
            segments.append(segment(said, is_final=True))
            said = []
    return Transcript(segments=tuple(segments))


def _ends(said: Sequence[Word], following: Word) -> bool:
    last = said[-1]
    if following.start_time - last.end_time >= PAUSE_SECONDS:
        return True
    if following.speaker_id != last.speaker_id:
        return True
    long = last.end_time - said[0].start_time >= LONG_SECONDS
    return long and last.word.rstrip("\"'”’)").endswith((".", "?", "!"))
