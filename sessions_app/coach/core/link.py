"""One connection as the session sees it, and what a conversation is begun with. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from sessions_app.coach import Event
from sessions_app.coach.core.configuring import Engine
from sessions_app.coach.core.faults import Fault

IDLE_SECONDS: Final = 600.0

Phase = Literal["connecting", "opening", "configuring", "live"]


@dataclass(slots=True)
class Link:
    """One connection. ``created`` is its ``session.created``, to be shown to the browser."""

    number: int
    engine: Engine
    since: float
    phase: Phase = "connecting"
    live_since: float = 0.0
    worked: bool = False
    created: Event | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """What a conversation is begun with.

    Attributes:
        primary: who answers; ``spare`` goes on where it cannot.
        chance: a number from 0 to 1.
        new_id: makes ids that nobody guesses, of 32 hexadecimal digits.
        is_demo: of a visitor without an account, who keeps nothing.
        idle_seconds: after so long without a word or a command the conversation ends.
    """

    session_id: str
    primary: Engine
    spare: Engine | None
    instructions: str
    chance: Callable[[], float]
    new_id: Callable[[], str]
    language: str = "en"
    is_demo: bool = False
    idle_seconds: float = IDLE_SECONDS


WHY: Final = {
    Fault.FATAL: "OpenAI refuses this server just now. The built-in coach goes on.",
    Fault.REFUSED: "OpenAI closes every connection just now. The built-in coach goes on.",
    Fault.RETRYABLE: "OpenAI cannot be reached just now. The built-in coach goes on.",
}


def without_secrets(event: Event) -> Event:
    """A ``session.*`` event as a browser may see it."""
    session = event.get("session")
    if not isinstance(session, dict):
        return event
    shown = {key: session[key] for key in session if key not in {"instructions", "tools", "prompt"}}
    return {**event, "session": shown}
