"""OpenAI's answer for a part of a recording, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaluations.core.shapes import Word
from sessions_app.transcription.core.parts import MISSING_SECONDS, UnusableAnswerError


@dataclass(frozen=True, slots=True)
class Answer:
    """``texts`` are the words as they are written. ``words``, with times from the beginning of the
    part, is empty for a model that gives none; they lack case and punctuation, and may be cut
    otherwise.
    """

    texts: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()


def decode(payload: object, seconds: float) -> Answer:
    """The answer for a part that lasts ``seconds``.

    Raises:
        UnusableAnswerError: it is no transcript, or not one of all of the audio.
    """
    if not isinstance(payload, Mapping) or not isinstance(payload.get("text"), str):
        raise UnusableAnswerError("the answer has no text")
    given = payload.get("duration")
    # An answer without a duration is about what was sent; one with a wrong duration is wrong.
    duration = seconds if given is None else _number(given)
    if duration is None or duration < seconds - MISSING_SECONDS or (seconds and not duration):
        raise UnusableAnswerError("the answer is not about all of the audio")
    entries = payload.get("words")
    found = [_word(entry, seconds) for entry in entries] if isinstance(entries, list) else []
    words = sorted(filter(None, found), key=lambda word: word.start_time)
    if not any(word.end_time > 0 for word in words):
        # Times that are all the same are none.
        words = []
    texts = payload["text"].split() or [word.word for word in words]
    return Answer(tuple(texts), tuple(words))


def usage_of(payload: object) -> tuple[int, int]:
    """The tokens read and written; 0 where the vendor counts in seconds, or does not say."""
    usage = payload.get("usage") if isinstance(payload, Mapping) else None
    if not isinstance(usage, Mapping):
        return 0, 0
    return _count(usage, "input_tokens"), _count(usage, "output_tokens")


def _word(entry: object, seconds: float) -> Word | None:
    if not isinstance(entry, Mapping):
        return None
    text, start, end = entry.get("word"), _number(entry.get("start")), _number(entry.get("end"))
    if not isinstance(text, str) or not text.strip() or start is None or end is None:
        return None
    start = min(start, seconds)
    end = min(max(start, end), seconds)
    return Word(
        word=text.strip(), start_time=round(start, 3), end_time=round(end, 3), confidence=1.0
    )


def _number(value: object) -> float | None:
    """A finite number that is not negative, also as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _count(usage: Mapping[str, Any], name: str) -> int:
    value = usage.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
