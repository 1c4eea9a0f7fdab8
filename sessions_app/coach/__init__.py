"""The seam behind which somebody talks with the speaker: OpenAI Realtime, or the built-in coach.

Both sides of the seam speak the events of OpenAI's Realtime API (``protocol/``): what is sent are
client events, what comes back are server events, as dictionaries.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from evaluations.core.metrics import Metrics
from evaluations.core.shapes import Transcript

Event = dict[str, Any]
"""One event of the protocol, either way: ``type``, ``event_id`` and what the type says."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said, as it was heard: an item of a conversation that is taken up again."""

    role: Literal["user", "assistant"]
    text: str
    item_id: str = ""


@dataclass(frozen=True, slots=True)
class PastSpeech:
    """A saved speech of the speaker: what was recommended then, and its figures."""

    title: str = ""
    recommendation: str = ""
    words_per_minute: float = 0.0
    fillers_per_minute: float = 0.0


@dataclass(frozen=True, slots=True)
class Take:
    """One rehearsal, with the times of its words on its own clock, and what was measured of it."""

    transcript: Transcript
    metrics: Metrics


@dataclass(frozen=True, slots=True)
class CoachContext:
    """What an upstream may know when a conversation begins or is taken up again.

    ``session_id`` names the conversation in logs. ``instructions`` and ``voice`` are what the proxy
    also sends by ``session.update``. ``history`` is what was said before, oldest first: the
    connection knows it without being sent it again. ``take`` is the last rehearsal, where there is
    one. An upstream may ignore what it has no use for.
    """

    session_id: str
    instructions: str = ""
    voice: str = ""
    language: str = "en"
    club_id: int = 0
    speaker_name: str = ""
    goal: str = ""
    history: tuple[Turn, ...] = ()
    speeches: tuple[PastSpeech, ...] = ()
    take: Take | None = None


class RealtimeConnection(Protocol):
    """A conversation under way."""

    async def send(self, event: Event) -> None:
        """Give a client event. May wait on a slow network.

        Raises:
            speechcoach.errors.ProviderError: the connection is gone.
        """
        ...

    def __aiter__(self) -> AsyncIterator[Event]:
        """Server events in order. Ends when either side has closed in good order.

        Raises:
            speechcoach.errors.ProviderError: the connection was lost, and why.
        """
        ...

    async def close(self) -> None:
        """End the conversation and free what it holds. May be called twice; never raises."""
        ...


class RealtimeUpstream(Protocol):
    """Somebody to talk with."""

    name: str

    async def connect(self, context: CoachContext) -> RealtimeConnection:
        """Begin a conversation; ``session.created`` is its first event.

        Raises:
            speechcoach.errors.ProviderError: nobody answered, and why.
        """
        ...
