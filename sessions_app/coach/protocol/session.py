"""The session object of the GA API, what may be updated of it, and by which rules."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import pydantic
from pydantic import BaseModel, ConfigDict, Field

from sessions_app.coach.protocol.errors import ClientError, client_error

RATE: Final = 24_000
"""Hz; PCM16 mono. The API has no other rate."""
BYTES_PER_MS: Final = RATE * 2 // 1000


class Part(BaseModel):
    """A part of the session that refuses what it does not know, such as the beta's flat fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ServerVad(Part):
    """Turns told by the level of the voice."""

    type: Literal["server_vad"] = "server_vad"
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    prefix_padding_ms: Annotated[int, Field(ge=0, le=5_000)] = 300
    silence_duration_ms: Annotated[int, Field(ge=0, le=10_000)] = 500
    create_response: bool = True
    interrupt_response: bool = True
    idle_timeout_ms: Annotated[int, Field(ge=5_000, le=30_000)] | None = None


class SemanticVad(Part):
    """Turns told by what is said; here by the level too, with more or less patience."""

    type: Literal["semantic_vad"]
    eagerness: Literal["low", "medium", "high", "auto"] = "auto"
    create_response: bool = True
    interrupt_response: bool = True


TurnDetection = Annotated[ServerVad | SemanticVad, Field(discriminator="type")]


class Pcm(Part):
    type: Literal["audio/pcm"] = "audio/pcm"
    rate: Literal[24_000] = RATE


class Transcription(Part):
    """What the client is told of the speaker's words. No ``enabled``: null turns it off."""

    model: str | None = None
    language: str | None = None
    languages: tuple[str, ...] | None = None
    prompt: str | None = None
    delay: str | None = None
    keywords: tuple[str, ...] | None = None


class NoiseReduction(Part):
    type: Literal["near_field", "far_field"]
    strength: Annotated[float, Field(ge=0, le=1)] | None = None


class Input(Part):
    format: Pcm = Pcm()
    noise_reduction: NoiseReduction | None = None
    transcription: Transcription | None = None
    turn_detection: TurnDetection | None = ServerVad()


class Output(Part):
    format: Pcm = Pcm()
    voice: str | dict[str, str] = "builtin"
    speed: Annotated[float, Field(ge=0.25, le=1.5)] = 1.0


class Audio(Part):
    input: Input = Input()
    output: Output = Output()


Modalities = tuple[Literal["audio"]] | tuple[Literal["text"]]
MaxTokens = Annotated[int, Field(ge=1, le=4_096)] | Literal["inf"]


class Session(Part):
    """A whole session. What only a language model has a use for is kept and given back."""

    type: Literal["realtime"]
    model: str = "builtin"
    output_modalities: Modalities = ("audio",)
    instructions: str = ""
    audio: Audio = Audio()
    include: tuple[str, ...] | None = None
    max_output_tokens: MaxTokens = "inf"
    parallel_tool_calls: bool | None = None
    prompt: dict[str, Any] | None = None
    reasoning: dict[str, Any] | None = None
    tool_choice: str | dict[str, Any] = "auto"
    tools: tuple[dict[str, Any], ...] = ()
    tracing: str | dict[str, Any] | None = None
    truncation: str | dict[str, Any] = "auto"


def updated(session: Session, patch: Mapping[str, Any], *, has_spoken: bool) -> Session:
    """``session`` with what is present in ``patch`` changed, and nothing else.

    Objects are merged, lists and plain values replaced; null and "" clear what may be empty.

    Args:
        has_spoken: whether the voice was heard; then it may not change any more.

    Raises:
        ClientError: ``patch`` says what no session can be. Nothing of it is applied.
    """
    if "type" not in patch:
        raise ClientError(
            "missing_required_parameter", "Missing required parameter: 'session.type'.",
            "session.type",
        )  # fmt: skip
    try:
        changed = Session.model_validate(merged(session.model_dump(mode="json"), patch))
    except pydantic.ValidationError as error:
        raise client_error(error, ("session",)) from None
    if changed.model != session.model:
        raise ClientError(
            "invalid_value", "The model of a session cannot be changed.", "session.model"
        )
    if has_spoken and changed.audio.output.voice != session.audio.output.voice:
        raise ClientError(
            "cannot_update_voice",
            "Cannot update a conversation's voice if assistant audio is present.",
            "session.audio.output.voice",
        )
    return changed


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """``old`` with ``new`` laid over it, object by object.

    An object of another ``type`` takes the old one's place: their fields are not each other's.
    """
    result = dict(old)
    for name, value in new.items():
        before = old.get(name)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            other = "type" in value and "type" in before and value["type"] != before["type"]
            result[name] = dict(value) if other else merged(before, value)
        else:
            result[name] = value
    return result


def session_fields(session: Session, session_id: str) -> dict[str, Any]:
    """The session as ``session.created`` and ``session.updated`` show it."""
    fields = _given(session.model_dump(mode="json"))
    return {"object": "realtime.session", "id": session_id, **fields}


_NULL_MEANS_OFF: Final = frozenset(
    {"idle_timeout_ms", "noise_reduction", "transcription", "turn_detection"}
)


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """``fields`` without what was never set: some clients refuse a null that they do not know."""
    return {
        name: _given(value) if isinstance(value, Mapping) else value
        for name, value in fields.items()
        if value is not None or name in _NULL_MEANS_OFF
    }
