"""Client events: the eleven of the API, read strictly."""

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, get_args

import pydantic
from pydantic import BaseModel, ConfigDict, Field

from sessions_app.coach.protocol.errors import ClientError, client_error
from sessions_app.coach.protocol.session import MaxTokens, Modalities

MOST_AUDIO_BYTES: Final = 15 * 1024 * 1024
"""Of one ``input_audio_buffer.append``, as the API has it."""


class ClientEvent(BaseModel):
    """Fields that all of them have."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    event_id: Annotated[str, Field(max_length=512)] | None = None


class SessionUpdate(ClientEvent):
    type: Literal["session.update"]
    session: dict[str, Any]


class AudioAppend(ClientEvent):
    type: Literal["input_audio_buffer.append"]
    audio: str


class AudioCommit(ClientEvent):
    type: Literal["input_audio_buffer.commit"]


class AudioClear(ClientEvent):
    type: Literal["input_audio_buffer.clear"]


class ItemCreate(ClientEvent):
    type: Literal["conversation.item.create"]
    item: dict[str, Any]
    previous_item_id: str | None = None


class ItemRetrieve(ClientEvent):
    type: Literal["conversation.item.retrieve"]
    item_id: str


class ItemTruncate(ClientEvent):
    type: Literal["conversation.item.truncate"]
    item_id: str
    content_index: int
    audio_end_ms: Annotated[int, Field(ge=0)]


class ItemDelete(ClientEvent):
    type: Literal["conversation.item.delete"]
    item_id: str


class ResponseParams(BaseModel):
    """What one response may have of its own. What only a language model can use is accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    instructions: str | None = None
    output_modalities: Modalities | None = None
    audio: dict[str, Any] | None = None
    conversation: Literal["auto", "none"] = "auto"
    input: tuple[dict[str, Any], ...] | None = None
    max_output_tokens: MaxTokens | None = None
    metadata: (
        Annotated[
            dict[
                Annotated[str, Field(max_length=64)],
                Annotated[str, Field(max_length=512)],
            ],
            Field(max_length=16),
        ]
        | None
    ) = None
    parallel_tool_calls: bool | None = None
    prompt: dict[str, Any] | None = None
    reasoning: dict[str, Any] | None = None
    tool_choice: str | dict[str, Any] | None = None
    tools: tuple[dict[str, Any], ...] | None = None


class ResponseCreate(ClientEvent):
    type: Literal["response.create"]
    response: ResponseParams | None = None


class ResponseCancel(ClientEvent):
    type: Literal["response.cancel"]
    response_id: str | None = None


class OutputAudioClear(ClientEvent):
    """Of WebRTC and SIP only; over a socket it means nothing."""

    type: Literal["output_audio_buffer.clear"]


AnyClientEvent = (
    SessionUpdate
    | AudioAppend
    | AudioCommit
    | AudioClear
    | ItemCreate
    | ItemRetrieve
    | ItemTruncate
    | ItemDelete
    | ResponseCreate
    | ResponseCancel
    | OutputAudioClear
)
_BY_TYPE: Final[dict[str, type[AnyClientEvent]]] = {
    model.model_fields["type"].annotation.__args__[0]: model for model in get_args(AnyClientEvent)
}
TYPES: Final = tuple(_BY_TYPE)


def read_client_event(event: Mapping[str, Any]) -> AnyClientEvent:
    """``event`` as a value.

    Raises:
        ClientError: it is none of the API's, or its fields are not as the API has them.
    """
    kind = event.get("type")
    if kind is None:
        raise ClientError(
            "missing_required_parameter", "Missing required parameter: 'type'.", "type"
        )
    model = _BY_TYPE.get(kind) if isinstance(kind, str) else None
    if model is None:
        supported = ", ".join(f"'{name}'" for name in TYPES)
        raise ClientError(
            "invalid_value", f"Invalid value for 'type'. Supported values are: {supported}.", "type"
        )
    try:
        return model.model_validate(event)
    except pydantic.ValidationError as error:
        raise client_error(error) from None


def event_id_of(event: Mapping[str, Any]) -> str | None:
    """The id that the client gave its event, where it is one."""
    given = event.get("event_id")
    return given if isinstance(given, str) else None


def read_audio(audio: str) -> bytes:
    """The PCM16LE of an ``input_audio_buffer.append``.

    Raises:
        ClientError: it is not base64, too long, or cuts a sample in two.
    """
    if len(audio) > MOST_AUDIO_BYTES * 4 // 3 + 4:
        raise ClientError("invalid_value", "Invalid value for 'audio': at most 15 MiB.", "audio")
    try:
        pcm = base64.b64decode(audio, validate=True)
    except (binascii.Error, ValueError):
        raise ClientError(
            "invalid_value", "Invalid value for 'audio': not base64.", "audio"
        ) from None
    if len(pcm) % 2:
        raise ClientError(
            "invalid_value",
            "Invalid value for 'audio': an odd number of bytes cuts a 16-bit sample in two.",
            "audio",
        )
    return pcm
