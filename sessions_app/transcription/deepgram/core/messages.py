"""The vendor's messages as values. What is not understood is left out, never an error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from evaluations.core.shapes import Word


@dataclass(frozen=True, slots=True)
class Results:
    """What is heard in a span of the connection's audio, in seconds from its first sample."""

    start: float
    end: float
    words: tuple[Word, ...]
    is_final: bool = False
    speech_final: bool = False
    from_finalize: bool = False


@dataclass(frozen=True, slots=True)
class UtteranceEnd:
    """Nobody has spoken for a while; the words before are all final."""


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The summary that ends a connection: everything that was sent is transcribed."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """The vendor could not read something that it was sent."""


Message = Results | UtteranceEnd | Goodbye | Complaint

_PLAIN: Final[dict[str, Message]] = {
    "UtteranceEnd": UtteranceEnd(),
    "Metadata": Goodbye(),
    "Error": Complaint(),
}


def decode(payload: object) -> Message | None:
    """A message of a live connection; None for what says nothing to us."""
    if not isinstance(payload, Mapping):
        return None
    kind = payload.get("type")
    if kind == "Results":
        return _results(payload)
    return _PLAIN.get(kind) if isinstance(kind, str) else None


def _results(payload: Mapping[str, Any]) -> Results | None:
    start, duration = number(payload.get("start")), number(payload.get("duration"))
    if start is None or duration is None:
        return None
    end = start + max(0.0, duration)
    return Results(
        start=start,
        end=end,
        words=words_of(best(payload.get("channel")), start, end),
        is_final=payload.get("is_final") is True,
        speech_final=payload.get("speech_final") is True,
        from_finalize=payload.get("from_finalize") is True,
    )


def best(channel: object) -> Mapping[str, Any]:
    """The best alternative of a channel; empty where there is none."""
    alternatives = channel.get("alternatives") if isinstance(channel, Mapping) else None
    if isinstance(alternatives, Sequence) and alternatives:
        first = alternatives[0]
        if isinstance(first, Mapping):
            return first
    return {}


def words_of(alternative: Mapping[str, Any], start: float, end: float) -> tuple[Word, ...]:
    """The words of an alternative, their times kept within ``start`` and ``end``.

    Text without word times is spread evenly: a word that was heard must not be lost, nor be said to
    have taken no time.
    """
    listed = alternative.get("words")
    entries = listed if isinstance(listed, Sequence) and not isinstance(listed, str) else ()
    words = tuple(word for entry in entries if (word := _word(entry, start, end)) is not None)
    if words:
        return words
    texts = str(alternative.get("transcript") or "").split()
    step = (end - start) / max(1, len(texts))
    return tuple(
        Word(
            word=text,
            start_time=round(start + at * step, 3),
            end_time=round(start + (at + 1) * step, 3),
            confidence=_confidence(alternative),
        )
        for at, text in enumerate(texts)
    )


def _word(entry: object, start: float, end: float) -> Word | None:
    if not isinstance(entry, Mapping):
        return None
    text = str(entry.get("punctuated_word") or entry.get("word") or "").strip()
    began, ended = number(entry.get("start")), number(entry.get("end"))
    if not text or began is None or ended is None:
        return None
    began = min(max(began, start), end)
    speaker = entry.get("speaker")
    return Word(
        word=text,
        start_time=round(began, 3),
        end_time=round(min(max(ended, began), end), 3),
        confidence=_confidence(entry),
        speaker_id=None if speaker is None else str(speaker),
    )


def _confidence(entry: Mapping[str, Any]) -> float:
    return min(1.0, max(0.0, number(entry.get("confidence")) or 0.0))


def number(value: object) -> float | None:
    """A finite number that is not negative; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < float("inf") else None
