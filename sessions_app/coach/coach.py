"""What the composition root hands to the coach's sockets of a process."""

from collections.abc import Callable
from dataclasses import dataclass

from sessions_app.coach import RealtimeUpstream
from sessions_app.coach.conversations import Conversations
from sessions_app.coach.core.configuring import Engine
from sessions_app.coach.core.link import IDLE_SECONDS
from sessions_app.live.sockets import OpenSockets
from sessions_app.source import VaultSource
from sessions_app.transcription import Transcriber
from sessions_app.vault import AudioVault


@dataclass(frozen=True, slots=True)
class Served:
    """Somebody to talk with, and what the session must know of them."""

    engine: Engine
    upstream: RealtimeUpstream


@dataclass(frozen=True, slots=True)
class TakeEngines:
    """Who turns the sound of a take into words: while it is spoken, and for good."""

    transcriber: Transcriber
    source: VaultSource


@dataclass(frozen=True, slots=True)
class CoachLimits:
    """Minutes a day (UTC), and for how long nothing may happen."""

    person_minutes: int
    club_minutes: int
    idle_seconds: float = IDLE_SECONDS


@dataclass(frozen=True, slots=True)
class Coach:
    """The engines of the coach, and what its sockets share.

    ``vendor`` is None where none is configured. ``takes`` says who transcribes a take, of a club
    that sends something to vendors (False) or nothing.
    """

    vendor: Served | None
    builtin: Served
    takes: Callable[[bool], TakeEngines]
    vault: AudioVault
    conversations: Conversations
    open_sockets: OpenSockets
    limits: CoachLimits

    def lineup(self, *, builtin_only: bool) -> tuple[Served, Served | None]:
        """Who answers, and who goes on where they cannot."""
        if self.vendor is None or builtin_only:
            return self.builtin, None
        return self.vendor, self.builtin
