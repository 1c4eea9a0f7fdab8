"""The figures of a session."""

from dataclasses import dataclass

from sessions_app.core.audio import MAX_SPEECH_SECONDS


@dataclass(frozen=True, slots=True)
class Limits:
    """Figures of the contract (§5, §6) and of the deployment; all in seconds."""

    max_speech_seconds: int = MAX_SPEECH_SECONDS
    max_lead_seconds: float = 10.0
    silent_start_seconds: float = 15.0
    gap_seconds: float = 60.0
    cool_down_seconds: float = 2.5
    playback_grace_seconds: float = 2.0
