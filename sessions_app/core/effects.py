"""What the session machine asks of its shell. Values only; a test compares them.

Messages go out in the order of the effects. A ``reply`` keeps its place there, and is left out
when what it tells of could not be stored: what the operator was told survives the process.
"""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from evaluations.core.shapes import Segment
from sessions_app.contract.close_codes import CloseCode
from sessions_app.contract.messages import Consent, SessionState
from sessions_app.core.setup import Setup


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message of the contract."""

    message: BaseModel


@dataclass(frozen=True, slots=True)
class SendAudio:
    """Send a complete audio file as one binary frame."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class HangUp:
    """Close the socket; the session stays what it is."""

    code: CloseCode


@dataclass(frozen=True, slots=True)
class Enter:
    """The session went to ``state``."""

    state: SessionState


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """Write to the consent log, then send ``reply``; say ``consent_failed`` if it cannot be."""

    consent: Consent
    reply: BaseModel


@dataclass(frozen=True, slots=True)
class ConfirmConsent:
    """Send ``reply`` if ``consent`` still holds when all that was asked for before is stored."""

    consent: Consent
    reply: BaseModel


@dataclass(frozen=True, slots=True)
class SaveSetup:
    """Keep what was agreed with the speech, then send ``reply``."""

    setup: Setup
    reply: BaseModel | None = None


@dataclass(frozen=True, slots=True)
class BeginCapture:
    """A new recording: forget older audio, open the live transcription."""

    run_id: int


@dataclass(frozen=True, slots=True)
class Capture:
    """Keep these samples and transcribe them; ``start`` is the first one's number."""

    start: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class GoOnCapturing:
    """A resumed recording: transcribe the vault's audio from sample ``heard`` on, then go on."""

    heard: int


@dataclass(frozen=True, slots=True)
class FinishCapture:
    """No more samples follow: wait for the last utterance, then say ``capture_finished``."""

    run_id: int


@dataclass(frozen=True, slots=True)
class AbandonCapture:
    """Stop transcribing at once; what was captured stays."""


@dataclass(frozen=True, slots=True)
class RequestEvaluation:
    """Prepare an evaluation of the first ``samples`` samples; report with ``run_changed``, or say
    ``request_failed``."""

    run_id: int
    samples: int
    live_segments: tuple[Segment, ...]
    live_complete_samples: int


@dataclass(frozen=True, slots=True)
class CancelRun:
    """Runs up to and including ``run_id`` may commit nothing more."""

    run_id: int


@dataclass(frozen=True, slots=True)
class LoadDelivery:
    """Load evaluation and audio of a run; hand them to ``delivery_loaded``."""

    run_id: int


@dataclass(frozen=True, slots=True)
class ShowEvaluation:
    """Load a delivered evaluation and hand it to ``shown_again``: a page that is back shows it."""

    run_id: int


@dataclass(frozen=True, slots=True)
class KeepOutputs:
    """Save the outputs of a run for good; report with ``outputs_saved``."""

    run_id: int


@dataclass(frozen=True, slots=True)
class Erase:
    """Consent is withdrawn: erase everything of this speech, then say ``erased``."""

    consent: Consent


@dataclass(frozen=True, slots=True)
class Warn:
    """Log a warning: ids and figures, never words."""

    event: Literal["arrival_jitter"]
    count: int


Effect = (
    Send
    | SendAudio
    | HangUp
    | Enter
    | RecordConsent
    | ConfirmConsent
    | SaveSetup
    | Erase
    | BeginCapture
    | Capture
    | GoOnCapturing
    | FinishCapture
    | AbandonCapture
    | RequestEvaluation
    | CancelRun
    | LoadDelivery
    | ShowEvaluation
    | KeepOutputs
    | Warn
)
