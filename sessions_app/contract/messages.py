"""Every message of a speech session, once. The browser's types and the JSON Schema come from here.

``ClientMessage`` and ``ServerMessage`` are closed unions told apart by ``type``. Field names are
camelCase on the wire. Binary frames are not messages: from the client they are PCM16LE mono
16 kHz, from the server one complete audio file (``tts_audio``).
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from evaluations.core.shapes import CamelShape, Evaluation, RoleResult, Segment
from evaluations.core.stages import ShownStage


class SessionState(StrEnum):
    IDLE = "idle"
    RECORDING = "recording"
    PROCESSING = "processing"
    DELIVERING = "delivering"


class Incoming(CamelShape):
    # A newer client may send fields that this server does not know.
    model_config = ConfigDict(extra="ignore", strict=True)

    @field_validator("*")
    @classmethod
    def _can_be_stored(cls, value: object) -> object:
        # PostgreSQL takes every character but this one.
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and "\0" in text for text in texts):
            raise PydanticCustomError("nul", "a text may not hold U+0000")
        return value


class AudioFormatMessage(Incoming):
    type: Literal["audio_format"] = "audio_format"
    # Any values parse; the machine answers wrong ones with audio_format_error.
    channels: Any = None
    sample_rate: Any = None
    encoding: Any = None


class StartRecording(Incoming):
    type: Literal["start_recording"] = "start_recording"


class AudioChunk(Incoming):
    """Refused: audio is sent as binary frames."""

    type: Literal["audio_chunk"] = "audio_chunk"


class StopRecording(Incoming):
    type: Literal["stop_recording"] = "stop_recording"


class DeliverEvaluation(Incoming):
    type: Literal["deliver_evaluation"] = "deliver_evaluation"


class SaveOutputs(Incoming):
    type: Literal["save_outputs"] = "save_outputs"


class PanicMute(Incoming):
    type: Literal["panic_mute"] = "panic_mute"


class SetProjectContext(Incoming):
    type: Literal["set_project_context"] = "set_project_context"
    speech_title: Annotated[str, Field(max_length=200)]
    project_type: Annotated[str, Field(max_length=100)]
    objectives: Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=10)]


class SetVadConfig(Incoming):
    type: Literal["set_vad_config"] = "set_vad_config"
    silence_threshold_seconds: Annotated[float, Field(ge=3, le=15, allow_inf_nan=False)]
    enabled: bool


class SetConsent(Incoming):
    type: Literal["set_consent"] = "set_consent"
    speaker_name: Annotated[str, Field(min_length=1, max_length=120)]
    consent_confirmed: bool


class RevokeConsent(Incoming):
    """Everything of this speech is erased at once, saved outputs included."""

    type: Literal["revoke_consent"] = "revoke_consent"


class SetTimeLimit(Incoming):
    type: Literal["set_time_limit"] = "set_time_limit"
    seconds: Annotated[int, Field(ge=30, le=600)]


class SetEvaluationStyle(Incoming):
    type: Literal["set_evaluation_style"] = "set_evaluation_style"
    style: str


class SetActiveRoles(Incoming):
    type: Literal["set_active_roles"] = "set_active_roles"
    role_ids: list[str]


class SetSessionMode(Incoming):
    type: Literal["set_session_mode"] = "set_session_mode"
    mode: Literal["live", "practice"]


class SetNotes(Incoming):
    type: Literal["set_notes"] = "set_notes"
    notes: Annotated[str, Field(max_length=2000)]


class ReplayTts(Incoming):
    type: Literal["replay_tts"] = "replay_tts"


class ProcessCaptured(Incoming):
    """Evaluate what was captured before a panic or a lost page, as if it had been stopped."""

    type: Literal["process_captured"] = "process_captured"


class PlaybackFinished(Incoming):
    type: Literal["playback_finished"] = "playback_finished"


ClientMessage = Annotated[
    AudioFormatMessage
    | StartRecording
    | AudioChunk
    | StopRecording
    | DeliverEvaluation
    | SaveOutputs
    | PanicMute
    | SetProjectContext
    | SetVadConfig
    | SetConsent
    | RevokeConsent
    | SetTimeLimit
    | SetEvaluationStyle
    | SetActiveRoles
    | SetSessionMode
    | SetNotes
    | ReplayTts
    | ProcessCaptured
    | PlaybackFinished,
    Field(discriminator="type"),
]


class StateChange(CamelShape):
    type: Literal["state_change"] = "state_change"
    state: SessionState


class TranscriptUpdate(CamelShape):
    """The client replaces its segments from ``replace_from_index`` on by these."""

    type: Literal["transcript_update"] = "transcript_update"
    segments: tuple[Segment, ...]
    replace_from_index: Annotated[int, Field(ge=0)]


class ElapsedTime(CamelShape):
    type: Literal["elapsed_time"] = "elapsed_time"
    seconds: int


class EvaluationReady(CamelShape):
    type: Literal["evaluation_ready"] = "evaluation_ready"
    evaluation: Evaluation
    script: str


class TtsComplete(CamelShape):
    type: Literal["tts_complete"] = "tts_complete"


class OutputFile(CamelShape):
    name: str
    content: str
    encoding: Literal["utf-8", "base64"]


class OutputsSaved(CamelShape):
    type: Literal["outputs_saved"] = "outputs_saved"
    paths: tuple[str, ...]
    files: tuple[OutputFile, ...] = ()


class ErrorMessage(CamelShape):
    type: Literal["error"] = "error"
    message: str
    recoverable: bool


class AudioFormatError(CamelShape):
    type: Literal["audio_format_error"] = "audio_format_error"
    message: str


class VadSpeechEnd(CamelShape):
    type: Literal["vad_speech_end"] = "vad_speech_end"
    silence_duration_seconds: float


class VadStatusMessage(CamelShape):
    type: Literal["vad_status"] = "vad_status"
    energy: Annotated[float, Field(ge=0, le=1)]
    is_speech: bool


class DataPurged(CamelShape):
    type: Literal["data_purged"] = "data_purged"
    reason: Literal["opt_out", "auto_purge"]


class EngineNames(CamelShape):
    live: str
    final: str
    evaluation: str
    speech: str


class SessionLimits(CamelShape):
    max_speech_seconds: int
    max_frame_bytes: int
    max_lead_seconds: float


class SessionInfo(CamelShape):
    type: Literal["session_info"] = "session_info"
    session_id: str
    engines: EngineNames
    limits: SessionLimits
    resume_window_seconds: int
    captured_samples: Annotated[int, Field(ge=0)] = 0
    """Samples captured earlier that ``process_captured`` would evaluate."""
    notes: str = ""
    """What ``set_notes`` said last, for a page that has been loaded anew."""


class SessionResumed(CamelShape):
    """The session goes on here; the client sends again what follows ``received_samples``."""

    type: Literal["session_resumed"] = "session_resumed"
    session_id: str
    received_samples: int


class AudioAck(CamelShape):
    """Samples that would survive the loss of this server process."""

    type: Literal["audio_ack"] = "audio_ack"
    received_samples: int


class Consent(CamelShape):
    speaker_name: str
    consent_confirmed: bool
    consent_timestamp: str
    """ISO 8601, UTC."""


class ConsentStatus(CamelShape):
    type: Literal["consent_status"] = "consent_status"
    consent: Consent | None


class PipelineProgress(CamelShape):
    type: Literal["pipeline_progress"] = "pipeline_progress"
    stage: ShownStage
    run_id: int
    message: str | None = None
    engines: EngineNames | None = None


class DurationEstimate(CamelShape):
    """How long the spoken evaluation will take: a guess until its script is known."""

    type: Literal["duration_estimate"] = "duration_estimate"
    estimated_seconds: float
    time_limit_seconds: int


class AudioHealthMessage(CamelShape):
    type: Literal["audio_health"] = "audio_health"
    kind: Literal["muted", "clipping", "noisy", "ok"]
    message: str


class CoachingCue(CamelShape):
    """Practice mode only; at most one of a kind in 30 s."""

    type: Literal["coaching_cue"] = "coaching_cue"
    cue_type: Literal["too_fast", "too_slow", "fillers", "silence"]
    message: str
    timestamp: float


class RoleResults(CamelShape):
    type: Literal["role_results"] = "role_results"
    results: tuple[RoleResult, ...]


class TranscriptionStatus(CamelShape):
    type: Literal["transcription_status"] = "transcription_status"
    status: Literal["reconnecting", "reconnected", "failed"]
    engine: str | None = None
    """Who gives the captions from now on, where it is another engine than before."""


ServerMessage = Annotated[
    StateChange
    | TranscriptUpdate
    | ElapsedTime
    | EvaluationReady
    | TtsComplete
    | OutputsSaved
    | ErrorMessage
    | AudioFormatError
    | VadSpeechEnd
    | VadStatusMessage
    | DataPurged
    | SessionInfo
    | SessionResumed
    | AudioAck
    | ConsentStatus
    | PipelineProgress
    | DurationEstimate
    | AudioHealthMessage
    | CoachingCue
    | RoleResults
    | TranscriptionStatus,
    Field(discriminator="type"),
]
