"""What the composition root hands to the live sessions of a process."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sessions_app.contract.messages import EngineNames, SessionInfo, SessionLimits
from sessions_app.core.audio import CHUNK_SAMPLES, MAX_CHUNK_BYTES
from sessions_app.core.config import SessionConfig
from sessions_app.core.vad import STATUS_WINDOWS
from sessions_app.live.pitches import Pitches
from sessions_app.live.sockets import OpenSockets
from sessions_app.live.store import RESUME_WINDOW_SECONDS, Opened
from sessions_app.stream import BarRing
from sessions_app.transcription import Transcriber
from sessions_app.vault import AudioVault

CROWD: Final = 32
"""From so many sockets in this process on, chunks take their ways in pieces of 250 ms."""
PIECE_SAMPLES: Final = STATUS_WINDOWS * CHUNK_SAMPLES


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
    pitches: Pitches
    config: SessionConfig
    open_sockets: OpenSockets
    voices: Mapping[str, str]

    def piece(self) -> int:
        """How many samples take their way together: few sessions have their captions a little
        sooner, many cost much less so."""
        return CHUNK_SAMPLES if len(self.open_sockets) < CROWD else PIECE_SAMPLES

    def describe(self, opened: Opened, lineup: Lineup) -> SessionInfo:
        """What a page is told of its session, and of who serves it."""
        limits, engines = self.config.limits, lineup.engines
        voice = self.voices.get(opened.choice.voice, engines.speech)
        return SessionInfo(
            session_id=opened.speech_id,
            engines=engines.model_copy(update={"speech": voice}),
            limits=SessionLimits(
                max_speech_seconds=limits.max_speech_seconds,
                max_frame_bytes=MAX_CHUNK_BYTES,
                max_lead_seconds=limits.max_lead_seconds,
            ),
            resume_window_seconds=RESUME_WINDOW_SECONDS,
        )
