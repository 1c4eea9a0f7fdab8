"""What a browser may send: eight of the protocol's events, and the messages of our own. Pure."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from sessions_app.coach.messages import ClientCoachMessage

MAX_EVENT_BYTES: Final = 64 * 1024
MAX_TEXT: Final = 4_000
BYTES_PER_MS: Final = 48
"""PCM16LE mono at 24 kHz."""

ItemId = Annotated[str, Field(min_length=1, max_length=64)]


class BrowserEvent(BaseModel):
    """Fields that all of them have; more than the protocol's own is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    event_id: Annotated[str, Field(max_length=64)] | None = None


class Append(BrowserEvent):
    type: Literal["input_audio_buffer.append"]
    audio: str


class Clear(BrowserEvent):
    type: Literal["input_audio_buffer.clear"]


class Commit(BrowserEvent):
    type: Literal["input_audio_buffer.commit"]


class Truncate(BrowserEvent):
    type: Literal["conversation.item.truncate"]
    item_id: ItemId
    content_index: Literal[0] = 0
    audio_end_ms: Annotated[int, Field(ge=0)]


class Delete(BrowserEvent):
    type: Literal["conversation.item.delete"]
    item_id: ItemId


class TextContent(BrowserEvent):
    type: Literal["input_text"]
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]


class UserItem(BaseModel):
    """A typed message of the speaker's."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    type: Literal["message"]
    role: Literal["user"]
    content: Annotated[tuple[TextContent, ...], Field(min_length=1, max_length=1)]


class CreateItem(BrowserEvent):
    type: Literal["conversation.item.create"]
    item: UserItem


class NoOverrides(BaseModel):
    """The ``response`` of a ``response.create``: the server says how answers are made."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class CreateResponse(BrowserEvent):
    type: Literal["response.create"]
    response: NoOverrides | None = None


class CancelResponse(BrowserEvent):
    type: Literal["response.cancel"]
    response_id: ItemId | None = None


AnyBrowserEvent = (
    Append | Clear | Commit | Truncate | Delete | CreateItem | CreateResponse | CancelResponse
)
_events: TypeAdapter[AnyBrowserEvent] = TypeAdapter(
    Annotated[AnyBrowserEvent, Field(discriminator="type")]
)
_messages: TypeAdapter[ClientCoachMessage] = TypeAdapter(ClientCoachMessage)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that is not taken, in the protocol's words."""

    code: str
    message: str
    param: str | None = None
    event_id: str | None = None

    def event(self) -> dict[str, Any]:
        """The ``error`` event that says so."""
        return {
            "type": "error",
            "error": {
                "type": "invalid_request_error",
                "code": self.code,
                "message": self.message,
                "param": self.param,
                "event_id": self.event_id,
            },
        }


def read(text: str) -> AnyBrowserEvent | ClientCoachMessage | Refusal:
    """Read one text frame. Never raises, whatever it holds."""
    if len(text) > MAX_EVENT_BYTES or len(text.encode(errors="replace")) > MAX_EVENT_BYTES:
        return Refusal("event_too_large", f"An event may hold at most {MAX_EVENT_BYTES} bytes.")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return Refusal("invalid_json", "A frame must be one JSON object.")
    if not isinstance(value, dict) or not isinstance(kind := value.get("type"), str):
        return Refusal("missing_required_parameter", "An event must name its type.", "type")
    given = value.get("event_id")
    event_id = given[:64] if isinstance(given, str) else None
    try:
        if kind.startswith("coach."):
            return _messages.validate_json(text)
        return _events.validate_json(text)
    except ValidationError as error:
        return _refusal(error, kind, event_id)


def _refusal(error: ValidationError, kind: str, event_id: str | None) -> Refusal:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "union_tag_invalid":
        return Refusal(
            "event_not_allowed",
            f"{kind[:64]!r} is no event that a browser may send here.",
            "type",
            event_id,
        )
    # The first part of the location is the union's tag.
    param = ".".join(str(part) for part in first["loc"][1:]) or None
    codes = {"missing": "missing_required_parameter", "extra_forbidden": "unknown_parameter"}
    code = codes.get(first["type"], "invalid_value")
    return Refusal(code, f"{kind}: `{param or 'event'}`: {first['msg']}.", param, event_id)


def samples_of(audio: str) -> bytes | None:
    """The PCM16LE of an append; None when it is no base64, or cuts a sample in two."""
    try:
        pcm = base64.b64decode(audio, validate=True)
    except (binascii.Error, ValueError):
        return None
    return None if len(pcm) % 2 else pcm
