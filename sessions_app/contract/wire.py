"""From text frames to messages and back."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from sessions_app.contract.messages import ClientMessage, ServerMessage

MAX_TEXT_BYTES = 64 * 1024

_client: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)
_server: TypeAdapter[ServerMessage] = TypeAdapter(ServerMessage)


@dataclass(frozen=True, slots=True)
class Malformed:
    """A frame that is no message; ``sentence`` names the field and what was expected."""

    sentence: str


def parse(text: str) -> ClientMessage | Malformed:
    """Read one text frame of a client. Never raises, whatever the frame holds."""
    if len(text) > MAX_TEXT_BYTES or len(text.encode(errors="replace")) > MAX_TEXT_BYTES:
        return Malformed(f"A text frame may hold at most {MAX_TEXT_BYTES} bytes.")
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return Malformed("A text frame must be one JSON object.")
    if not isinstance(value, dict):
        return Malformed("A text frame must be one JSON object with a `type`.")
    try:
        # JSON mode: a strict tuple or float accepts what JSON can say of it, and nothing else.
        return _client.validate_json(text)
    except ValidationError as error:
        return Malformed(_sentence(error, value))


def parse_server(text: str) -> ServerMessage:
    """Read one text frame of the server, as a client does.

    Raises:
        pydantic.ValidationError: the frame is no server message.
    """
    return _server.validate_json(text)


def dump(message: BaseModel) -> str:
    """Write a message as it goes on the wire; optional fields that hold nothing are null."""
    return message.model_dump_json(by_alias=True)


def _sentence(error: ValidationError, value: dict[str, Any]) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        # Pydantic's reader is stricter than Python's: it allows fewer levels of nesting.
        return f"A text frame must be one JSON object: {first['msg']}."
    if first["type"] == "union_tag_not_found":
        return "`type`: the message must name its type."
    if first["type"] == "union_tag_invalid":
        return f"Unknown message type: {str(value.get('type'))[:64]!r}."
    # The first part of the location is the union's tag.
    field = ".".join(str(part) for part in first["loc"][1:]) or "message"
    return f"{value['type']}: `{field}`: {first['msg']}."
