"""A conversation as it is kept between a lost connection and its return. Pure."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from sessions_app.coach.core.configuring import Turns
from sessions_app.coach.core.history import Said
from sessions_app.coach.messages import TakeFigures

TakeState = Literal["recording", "measuring", "ready", "keeping", "kept", "discarded", "failed"]


class TakeView(BaseModel):
    """A take as it stands. ``samples`` (24 kHz) were recorded; ``facts`` are for the coach."""

    model_config = ConfigDict(hide_input_in_errors=True)

    id: str
    state: TakeState = "recording"
    samples: int = 0
    metrics: TakeFigures | None = None
    transcript: str | None = None
    speech_url: str | None = None
    message: str | None = None
    facts: str = ""


class CoachSnapshot(BaseModel):
    """``given_up`` says that the built-in engine has taken over for the rest of it, and why."""

    model_config = ConfigDict(hide_input_in_errors=True)

    history: tuple[Said, ...] = ()
    turns: Turns = "auto"
    take: TakeView | None = None
    given_up: str | None = None

    @classmethod
    def read(cls, stored: object) -> Self | None:
        """A conversation as it was kept; None for what this version cannot read."""
        try:
            return cls.model_validate_json(stored if isinstance(stored, str | bytes) else b"")
        except ValidationError:
            return None
