"""What is sent: instructions on one side, everything that people said or typed as JSON data."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from evaluations.core.alignment import spoken_words
from evaluations.core.evidence import FEWEST_COMMENDATIONS, FEWEST_RECOMMENDATIONS
from evaluations.core.hearing import hears_fillers
from evaluations.core.metrics import Metrics
from evaluations.core.sentences import SENTENCE_GAP, ends_sentence, gap_before
from evaluations.core.shapes import Brief, Evaluation, Transcript
from evaluations.core.styles import Style
from evaluations.evaluator import Objection
from evaluations.evaluator.openai.answer import as_answer
from evaluations.evaluator.openai.prompts import EVALUATE, REVISE

_WORDS_A_LINE = 24
_FIGURES: dict[str, Any] = {
    "duration_seconds": True,
    "total_words": True,
    "words_per_minute": True,
    "pace": {"mean", "spread", "fastest", "slowest"},
    "filler_words": True,
    "filler_word_count": True,
    "filler_word_frequency": True,
    "intentional_pause_count": True,
    "hesitation_pause_count": True,
    "average_pause_duration_seconds": True,
    "energy": {"variation"},
    "pitch": True,
    "vocabulary": True,
    "structure": True,
}
_FILLERS = {"filler_words", "filler_word_count", "filler_word_frequency"}


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


def first_messages(
    brief: Brief, transcript: Transcript, metrics: Metrics, style: Style, most: tuple[int, int]
) -> list[Message]:
    """What is sent for a first draft."""
    return [
        Message("system", EVALUATE.text),
        Message("user", _json(_data(brief, transcript, metrics, style, most))),
    ]


def revision_messages(
    first: Sequence[Message], draft: Evaluation, style: Style, objections: Sequence[Objection]
) -> list[Message]:
    """What is sent for a second one: the first conversation, and what did not pass."""
    return [
        *first,
        Message("assistant", _json(as_answer(draft, style))),
        # Some servers take the system's word at the beginning only.
        Message("user", f"{REVISE.text}\n\n{_json([asdict(one) for one in objections])}"),
    ]


def _data(
    brief: Brief, transcript: Transcript, metrics: Metrics, style: Style, most: tuple[int, int]
) -> dict[str, Any]:
    hears = hears_fillers(metrics.engines)
    left_out = set() if hears else _FILLERS
    fewest = (min(most[0], FEWEST_COMMENDATIONS), min(most[1], FEWEST_RECOMMENDATIONS))
    return {
        "speaker": brief.speaker_name,
        "project": brief.project.model_dump(by_alias=True, exclude={"objectives"}),
        "objectives": brief.project.objectives,
        "style": {
            "name": style.name,
            "description": style.description,
            "fields": [asdict(field) for field in style.fields],
        },
        "counts": {
            "commendations": {"least": fewest[0], "most": most[0]},
            "recommendations": {"least": fewest[1], "most": most[1]},
        },
        "timeLimitSeconds": brief.time_limit_seconds,
        "roles": brief.roles,
        "operatorNotes": brief.notes,
        "qualityWarning": metrics.quality_warning,
        "hearsFillers": hears,
        "metrics": metrics.model_dump(
            mode="json",
            by_alias=True,
            include={name: what for name, what in _FIGURES.items() if name not in left_out},
        ),
        "transcript": list(_lines(transcript)),
    }


def _lines(transcript: Transcript) -> Iterator[dict[str, str | float]]:
    """The transcript in lines of a breath each, with the time at which each begins."""
    words = spoken_words(transcript)
    first = 0
    for at in range(1, len(words) + 1):
        ends = (
            at == len(words)
            or at - first >= _WORDS_A_LINE
            or gap_before(words, at) >= SENTENCE_GAP
            or ends_sentence(words[at - 1].word)
        )
        if ends:
            said = " ".join(word.word for word in words[first:at])
            yield {"start": round(words[first].start_time, 1), "text": said}
            first = at


def _json(value: object) -> str:
    """As JSON no text can end the string that it stands in, whatever it says.

    Angle brackets are written as escapes, so that none can pass for a mark of the conversation.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e")
