"""What a client did wrong, in the API's own words: type, code, message, param, event_id."""

from collections.abc import Sequence
from typing import Any, Final, Literal

import pydantic

Code = Literal[
    "cannot_update_voice",
    "conversation_already_has_active_response",
    "input_audio_buffer_commit_empty",
    "invalid_type",
    "invalid_value",
    "item_create_duplicate_item_id",
    "item_create_invalid_previous_item_id",
    "item_delete_invalid_item_id",
    "item_retrieve_invalid_item_id",
    "item_truncate_invalid_item_id",
    "missing_required_parameter",
    "response_cancel_not_active",
    "unknown_parameter",
]

_TAGS: Final = frozenset(
    {"server_vad", "semantic_vad", "audio/pcm", "message", "function_call", "function_call_output"}
)
"""Names by which pydantic tells the members of a union; they are no part of a parameter's name."""


class ClientError(Exception):
    """A client event that is refused. The session goes on unharmed."""

    def __init__(self, code: Code, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.code: Code = code
        self.message = message
        self.param = param

    def as_fields(self, event_id: str | None) -> dict[str, Any]:
        """The ``error`` of an error event. ``event_id`` is the client event's, if it had one."""
        return {
            "type": "invalid_request_error",
            "code": self.code,
            "message": self.message,
            "param": self.param,
            "event_id": event_id,
        }


def client_error(error: pydantic.ValidationError, prefix: Sequence[str] = ()) -> ClientError:
    """What is wrong first, with the parameter's name as the client knows it."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    path = [*prefix, *(part for part in first["loc"] if part not in _TAGS)]
    param = _path(path)
    match first["type"]:
        case "missing" | "union_tag_not_found":
            if first["type"] == "union_tag_not_found":
                param = _path([*path, "type"])
            return ClientError(
                "missing_required_parameter", f"Missing required parameter: '{param}'.", param
            )
        case "extra_forbidden":
            return ClientError("unknown_parameter", f"Unknown parameter: '{param}'.", param)
        case kind if kind.endswith(("_type", "_parsing")):
            return ClientError(
                "invalid_type", f"Invalid type for '{param}': {first['msg']}.", param
            )
    return ClientError("invalid_value", f"Invalid value for '{param}': {first['msg']}.", param)


def _path(parts: Sequence[str | int]) -> str:
    named = ""
    for part in parts:
        named += f"[{part}]" if isinstance(part, int) else f".{part}" if named else part
    return named
