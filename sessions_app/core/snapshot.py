"""A session as it is kept between connections and processes."""

from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from evaluations.core.shapes import Segment
from sessions_app.contract.messages import SessionState
from sessions_app.core.run_view import EvaluationState
from sessions_app.core.setup import Setup


class Snapshot(BaseModel):
    """Everything but the audio, which lies in the vault. Moments are seconds since the epoch.

    ``samples`` counts what was captured; while a recording runs the vault knows better. ``heard``
    are the samples that the live transcription is done with, ``finished`` what it heard in them;
    ``transcript`` is the final one, once it is known.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    state: SessionState = SessionState.IDLE
    run_id: int = 0
    setup: Setup = Setup()
    evaluation: EvaluationState = EvaluationState()
    script_seconds: float | None = None
    started_at: float = 0.0
    samples: int = 0
    heard: int = 0
    finished: tuple[Segment, ...] = ()
    transcript: tuple[Segment, ...] | None = None
    accepting: bool = True
    cool_down_until: float = 0.0
    delivery_ends_at: float | None = None

    @classmethod
    def read(cls, stored: object) -> Self | None:
        """A session as its row holds it; None for none, and for what this version cannot read."""
        try:
            return cls.model_validate(stored)
        except ValidationError:
            return None

    def at_rest(self) -> "Snapshot":
        """The same session with nothing going on: what a page finds that opens it anew."""
        evaluation = self.evaluation.model_copy(
            update={"deliver_asked": False, "saving": False, "delivery_ends_at": None}
        )
        return self.model_copy(
            update={
                "state": SessionState.IDLE,
                "evaluation": evaluation,
                "delivery_ends_at": None,
                "setup": self.setup.model_copy(update={"handshake": False}),
            }
        )
