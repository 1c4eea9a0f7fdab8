"""What the composition root hands to the live sessions of a process."""

from collections.abc import Mapping
from dataclasses import dataclass

from sessions_app.contract.messages import EngineNames
from sessions_app.core.config import SessionConfig
from sessions_app.live.sockets import OpenSockets
from sessions_app.stream import BarRing
from sessions_app.transcription import Transcriber
from sessions_app.vault import AudioVault


@dataclass(frozen=True, slots=True)
class Lineup:
    """Who captions a session, and the names of all who serve its speech."""

    transcriber: Transcriber
    engines: EngineNames


@dataclass(frozen=True, slots=True)
class Vendors:
    """The engines of the live sessions of a process, and what they share.

    Handed in by the composition root. ``builtin`` is for clubs that send nothing to vendors.
    ``voices`` are the engines of the voices that a club may choose, by the names it chooses from.
    """

    lineup: Lineup
    builtin: Lineup
    vault: AudioVault
    ring: BarRing
    config: SessionConfig
    open_sockets: OpenSockets
    voices: Mapping[str, str]
