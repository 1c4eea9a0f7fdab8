"""Recorded audio: the vendor's answer for a part of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sessions_app.transcription.core.parts import (
    MISSING_SECONDS,
    Part,
    UnusableAnswerError,
    moved,
)
from sessions_app.transcription.deepgram.core.messages import best, number, words_of


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
    return Part(start, start + seconds, tuple(moved(word, start) for word in words))


def _alternative(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    results = payload.get("results")
    channels = results.get("channels") if isinstance(results, Mapping) else None
    if not isinstance(channels, Sequence) or isinstance(channels, str) or not channels:
        raise UnusableAnswerError("the answer has no channel")
    alternative = best(channels[0])
    if "transcript" not in alternative and "words" not in alternative:
        raise UnusableAnswerError("the answer has no transcript")
    return alternative
