"""How far an upload is, by its row and its run's: what the page shows, and asks for again."""

from dataclasses import dataclass
from typing import Literal

from evaluations.core.stages import ShownStage
from evaluations.models import Run
from sessions_app.models import Upload

Step = Literal["receiving", "reading", "evaluating", "ready", "failed"]

# Of the bar's length: the file, its sound, and the stages as people see them.
_READING = 0.4
_STAGES = {
    ShownStage.PROCESSING_SPEECH: (0.55, "Its words are being recognised and measured."),
    ShownStage.GENERATING_EVALUATION: (0.8, "The evaluation is being written."),
    ShownStage.SYNTHESIZING_AUDIO: (0.9, "The evaluation is being spoken."),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """``share`` of the whole way, from 0 to 1; ``may_retry`` a run that failed."""

    step: Step
    share: float
    text: str
    received: int
    size: int
    may_retry: bool = False

    @property
    def percent(self) -> int:
        return round(100 * self.share)


def progress_of(upload: Upload, run: Run | None) -> Progress:
    """How far the upload is; ``run`` is its own, once there is one."""
    step, share, text = _where(upload, run)
    may_retry = run is not None and run.status == Run.Status.FAILED
    return Progress(step, round(share, 3), text, upload.received, upload.size, may_retry)


def _where(upload: Upload, run: Run | None) -> tuple[Step, float, str]:
    match upload.state:
        case Upload.State.RECEIVING:
            share = upload.received / upload.size
            return "receiving", _READING / 2 * share, f"{share:.0%} of the file is uploaded."
        case Upload.State.FAILED:
            return "failed", 1.0, upload.message
        case Upload.State.EXTRACTED if run is not None:
            return _of_run(run)
    share = min(1.0, upload.seconds / upload.total_seconds) if upload.total_seconds else 0.0
    return "reading", _READING / 2 * (1 + share), "The sound is being taken out of the file."


def _of_run(run: Run) -> tuple[Step, float, str]:
    match run.status:
        case Run.Status.READY:
            return "ready", 1.0, "The evaluation is ready."
        case Run.Status.TOO_SHORT:
            return "ready", 1.0, "Too few words were heard for an evaluation."
        case Run.Status.FAILED | Run.Status.CANCELLED:
            return "failed", 1.0, run.message or "The evaluation was given up."
    try:
        share, text = _STAGES[ShownStage(run.stage)]
    except (KeyError, ValueError):
        share, text = _READING, "It waits for its evaluation."
    return "evaluating", share, text
