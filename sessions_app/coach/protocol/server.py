"""Server events, one function for each, without the ``event_id`` that is given when it is sent."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sessions_app.coach.protocol.errors import ClientError
from sessions_app.coach.protocol.items import Item

Fields = dict[str, Any]
Ending = Literal["completed", "cancelled", "incomplete", "failed"]
Why = Literal["turn_detected", "client_cancelled", "max_output_tokens", "content_filter"]


def session_created(session: Fields) -> Fields:
    return {"type": "session.created", "session": session}


def session_updated(session: Fields) -> Fields:
    return {"type": "session.updated", "session": session}


def error(wrong: ClientError, event_id: str | None) -> Fields:
    return {"type": "error", "error": wrong.as_fields(event_id)}


def server_error(message: str, code: str | None = None) -> Fields:
    fields = {"type": "server_error", "code": code, "message": message}
    return {"type": "error", "error": {**fields, "param": None, "event_id": None}}


def speech_started(item_id: str, start_ms: int) -> Fields:
    return {
        "type": "input_audio_buffer.speech_started",
        "audio_start_ms": start_ms,
        "item_id": item_id,
    }


def speech_stopped(item_id: str, end_ms: int) -> Fields:
    return {"type": "input_audio_buffer.speech_stopped", "audio_end_ms": end_ms, "item_id": item_id}


def committed(item_id: str, previous: str | None) -> Fields:
    return {
        "type": "input_audio_buffer.committed",
        "previous_item_id": previous,
        "item_id": item_id,
    }


def cleared() -> Fields:
    return {"type": "input_audio_buffer.cleared"}


def timeout_triggered(item_id: str, start_ms: int, end_ms: int) -> Fields:
    return {
        "type": "input_audio_buffer.timeout_triggered",
        "audio_start_ms": start_ms,
        "audio_end_ms": end_ms,
        "item_id": item_id,
    }


def item_added(item: Item, previous: str | None) -> Fields:
    return {
        "type": "conversation.item.added",
        "previous_item_id": previous,
        "item": item.fields(),
    }


def item_done(item: Item, previous: str | None) -> Fields:
    return {"type": "conversation.item.done", "previous_item_id": previous, "item": item.fields()}


def item_retrieved(item: Item) -> Fields:
    return {"type": "conversation.item.retrieved", "item": item.fields()}


def item_deleted(item_id: str) -> Fields:
    return {"type": "conversation.item.deleted", "item_id": item_id}


def item_truncated(item_id: str, end_ms: int) -> Fields:
    return {
        "type": "conversation.item.truncated",
        "item_id": item_id,
        "content_index": 0,
        "audio_end_ms": end_ms,
    }


_TRANSCRIPTION = "conversation.item.input_audio_transcription"


def transcription_delta(item_id: str, delta: str) -> Fields:
    return {
        "type": f"{_TRANSCRIPTION}.delta",
        "item_id": item_id,
        "content_index": 0,
        "delta": delta,
    }


def transcription_completed(item_id: str, transcript: str, seconds: float) -> Fields:
    return {
        "type": f"{_TRANSCRIPTION}.completed",
        "item_id": item_id,
        "content_index": 0,
        "transcript": transcript,
        "usage": {"type": "duration", "seconds": round(seconds, 3)},
    }


def transcription_failed(item_id: str, message: str) -> Fields:
    wrong = {
        "type": "transcription_error",
        "code": "transcription_failed",
        "message": message,
        "param": None,
    }
    return {
        "type": f"{_TRANSCRIPTION}.failed",
        "item_id": item_id,
        "content_index": 0,
        "error": wrong,
    }


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the API counts them, roughly: 10 a second heard, 20 a second spoken."""

    text_in: int = 0
    audio_in: int = 0
    text_out: int = 0
    audio_out: int = 0

    def fields(self) -> Fields:
        total_in, total_out = self.text_in + self.audio_in, self.text_out + self.audio_out
        return {
            "total_tokens": total_in + total_out,
            "input_tokens": total_in,
            "output_tokens": total_out,
            "input_token_details": {
                "text_tokens": self.text_in,
                "audio_tokens": self.audio_in,
                "image_tokens": 0,
                "cached_tokens": 0,
                "cached_tokens_details": {
                    "text_tokens": 0,
                    "audio_tokens": 0,
                    "image_tokens": 0,
                },
            },
            "output_token_details": {"text_tokens": self.text_out, "audio_tokens": self.audio_out},
        }


@dataclass(frozen=True, slots=True)
class Response:
    """What stays the same of a response from ``response.created`` to ``response.done``."""

    id: str
    item_id: str
    conversation_id: str | None
    spoken: bool
    voice: str | dict[str, str]
    max_output_tokens: int | str
    metadata: Mapping[str, str] | None

    def _fields(self) -> Fields:
        return {
            "object": "realtime.response",
            "id": self.id,
            "conversation_id": self.conversation_id,
            "output_modalities": ["audio" if self.spoken else "text"],
            "max_output_tokens": self.max_output_tokens,
            "audio": {
                "output": {
                    "format": {"type": "audio/pcm", "rate": 24_000},
                    "voice": self.voice,
                }
            },
            "metadata": None if self.metadata is None else dict(self.metadata),
        }

    def created(self) -> Fields:
        return {
            "type": "response.created",
            "response": {
                **self._fields(),
                "status": "in_progress",
                "status_details": None,
                "output": [],
                "usage": None,
            },
        }

    def done(
        self,
        status: Ending,
        why: Why | None,
        output: Sequence[Item],
        usage: Usage,
        failure: str | None = None,
    ) -> Fields:
        details: Fields | None = None
        if status != "completed":
            details = {"type": status}
            if why is not None:
                details["reason"] = why
            if failure is not None:
                details["error"] = {
                    "type": "server_error",
                    "code": "engine_failed",
                    "message": failure,
                }
        return {
            "type": "response.done",
            "response": {
                **self._fields(),
                "status": status,
                "status_details": details,
                "output": [item.fields() for item in output],
                "usage": usage.fields(),
            },
        }

    def item_added(self, item: Item) -> Fields:
        return self._output("output_item.added", item=item.fields())

    def item_done(self, item: Item) -> Fields:
        return self._output("output_item.done", item=item.fields())

    def part_added(self) -> Fields:
        return self._content("content_part.added", part=self._part(""))

    def part_done(self, text: str) -> Fields:
        return self._content("content_part.done", part=self._part(text))

    def words_delta(self, delta: str) -> Fields:
        return self._content(f"{self._words}.delta", delta=delta)

    def words_done(self, text: str) -> Fields:
        name = "transcript" if self.spoken else "text"
        return self._content(f"{self._words}.done", **{name: text})

    def audio_delta(self, pcm: bytes) -> Fields:
        return self._content("output_audio.delta", delta=base64.b64encode(pcm).decode())

    def audio_done(self) -> Fields:
        return self._content("output_audio.done")

    @property
    def _words(self) -> str:
        return "output_audio_transcript" if self.spoken else "output_text"

    def _part(self, text: str) -> Fields:
        return (
            {"type": "audio", "transcript": text} if self.spoken else {"type": "text", "text": text}
        )

    def _output(self, name: str, **fields: Any) -> Fields:
        return {"type": f"response.{name}", "response_id": self.id, "output_index": 0, **fields}

    def _content(self, name: str, **fields: Any) -> Fields:
        return self._output(name, item_id=self.item_id, content_index=0, **fields)


def rate_limits_updated() -> Fields:
    """The built-in engine has none; clients expect to be told after each response."""
    return {"type": "rate_limits.updated", "rate_limits": []}
