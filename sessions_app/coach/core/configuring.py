"""The session object that the server owns, in the form that the service takes today. Pure."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from sessions_app.coach import Event
from sessions_app.coach.messages import Provider
from speechcoach.model_table import FREE, Prices

RATE: Final = 24_000
SILENCE_MS: Final = 500
MAX_OUTPUT_TOKENS: Final = 2_048

Turns = Literal["auto", "push_to_talk"]

TAKES_TOOL: Final = {
    "type": "function",
    "name": "practice_take",
    "description": "The transcript and the measured figures of the speaker's last practice take.",
    "parameters": {"type": "object", "properties": {}, "additionalProperties": False},
}


@dataclass(frozen=True, slots=True)
class Engine:
    """What the session must know of whoever it talks to.

    Attributes:
        rotate_seconds: after so long another connection takes its place; None: never.
        is_told: it is given the history and the takes by events; else when it is connected.
        prices: of its answers; ``caption_prices`` of writing down what is said to it.
    """

    provider: Provider
    model: str
    voice: str = ""
    transcription_model: str = ""
    rotate_seconds: float | None = None
    is_told: bool = False
    prices: Prices = FREE
    caption_prices: Prices = FREE


def session_update(
    engine: Engine, instructions: str, language: str, turns: Turns, *, in_take: bool
) -> Event:
    """The whole session, for a connection that has just begun."""
    transcription: dict[str, Any] = {"language": language}
    if engine.transcription_model:
        transcription["model"] = engine.transcription_model
    output: dict[str, Any] = {"format": {"type": "audio/pcm", "rate": RATE}}
    if engine.voice:
        output["voice"] = engine.voice
    session = {
        "type": "realtime",
        "output_modalities": ["audio"],
        "instructions": instructions,
        "audio": {
            "input": {
                "format": {"type": "audio/pcm", "rate": RATE},
                "noise_reduction": {"type": "near_field"},
                "transcription": transcription,
                "turn_detection": turn_detection(turns, in_take=in_take),
            },
            "output": output,
        },
        "tools": [TAKES_TOOL] if engine.is_told else [],
        "tool_choice": "auto",
        "max_output_tokens": MAX_OUTPUT_TOKENS,
        "truncation": "auto",
    }
    return {"type": "session.update", "session": session}


def turns_update(turns: Turns, *, in_take: bool) -> Event:
    """Only who ends a turn, and whether it is answered."""
    detection = turn_detection(turns, in_take=in_take)
    audio = {"input": {"turn_detection": detection}}
    return {"type": "session.update", "session": {"type": "realtime", "audio": audio}}


def turn_detection(turns: Turns, *, in_take: bool) -> dict[str, Any] | None:
    """In a take speech is still told of, and never answered."""
    if turns == "push_to_talk" and not in_take:
        return None
    return {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": SILENCE_MS,
        "create_response": not in_take,
        "interrupt_response": not in_take,
    }
