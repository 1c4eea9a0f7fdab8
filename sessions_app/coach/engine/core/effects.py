"""What the engine's machine asks of its shell. Values only; a test compares them."""

from dataclasses import dataclass

from sessions_app.coach import Event
from sessions_app.coach.engine.core.coaching.state import CoachState, Request


@dataclass(frozen=True, slots=True)
class Send:
    """Send a server event."""

    event: Event


@dataclass(frozen=True, slots=True)
class Listen:
    """Open an ear for turn ``turn``, whose sound begins with sample ``start`` (24 kHz)."""

    turn: int
    start: int
    language: str


@dataclass(frozen=True, slots=True)
class Hear:
    """Give the ear of ``turn`` its next PCM16LE at 24 kHz."""

    turn: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class StopListening:
    """The sound of ``turn`` is complete; its words are waited for."""

    turn: int


@dataclass(frozen=True, slots=True)
class Forget:
    """Nobody wants the words of ``turn`` any more."""

    turn: int


@dataclass(frozen=True, slots=True)
class Think:
    """Work out the reply to ``request``; up to a quarter of a second, so not on the loop."""

    number: int
    state: CoachState
    request: Request


@dataclass(frozen=True, slots=True)
class Say:
    """Speak ``text``: its sound comes back under ``number``."""

    number: int
    text: str
    speed: float


@dataclass(frozen=True, slots=True)
class Hush:
    """What was asked to be said is not wanted any more."""


Effect = Send | Listen | Hear | StopListening | Forget | Think | Say | Hush
