"""What the shell tells the machine of a run, and what the machine remembers of it."""

from dataclasses import dataclass

from pydantic import BaseModel

from evaluations.core.shapes import Evaluation, RoleResult, Transcript
from evaluations.core.stages import ShownStage
from sessions_app.contract.messages import EngineNames


@dataclass(frozen=True, slots=True)
class RunView:
    """Where a run is; the final transcript and the script's length once they are known.

    ``engines`` are those that served a finished run.
    """

    run_id: int
    stage: ShownStage
    message: str | None = None
    transcript: Transcript | None = None
    too_short: bool = False
    script_seconds: float | None = None
    engines: EngineNames | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A finished evaluation and its sound, a complete audio file."""

    run_id: int
    evaluation: Evaluation
    script: str
    audio: bytes | None
    audio_seconds: float
    roles: tuple[RoleResult, ...] = ()


class EvaluationState(BaseModel):
    """How far the evaluation of a recording is. Part of a session's snapshot.

    ``kept_run`` may be saved, ``spoken_run`` replayed; ``delivery_ends_at`` is in seconds of the
    monotonic clock.
    """

    requested: bool = False
    stage: ShownStage | None = None
    engines: EngineNames | None = None
    transcript_sent: bool = False
    deliver_asked: bool = False
    kept_run: int | None = None
    spoken_run: int | None = None
    saving: bool = False
    delivery_ends_at: float | None = None
