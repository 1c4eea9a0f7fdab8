"""What is agreed before a recording: format, consent, context, and how it is to be evaluated."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from evaluations.core.shapes import ProjectContext
from sessions_app.contract import messages as m
from sessions_app.core.audio import SAMPLE_RATE

DEFAULT_SILENCE_SECONDS = 5.0
DEFAULT_TIME_LIMIT_SECONDS = 120


class Setup(BaseModel):
    """Holds whatever order the set-up messages come in. Part of a session's snapshot."""

    model_config = ConfigDict(hide_input_in_errors=True)

    consent: m.Consent | None = None
    project: ProjectContext = ProjectContext()
    handshake: bool = False
    silence_seconds: float = DEFAULT_SILENCE_SECONDS
    suggests_stop: bool = True
    time_limit_seconds: int = DEFAULT_TIME_LIMIT_SECONDS
    style: str = "classic"
    roles: tuple[str, ...] = ()
    mode: Literal["live", "practice"] = "live"
    notes: str = ""
    own_fillers: tuple[str, ...] = ()
    """Words that the club and the speaker count as fillers besides."""

    @property
    def consented(self) -> bool:
        return self.consent is not None and self.consent.consent_confirmed

    def take_format(self, message: m.AudioFormatMessage) -> bool:
        """Take the handshake; False when it names a format that is not ours."""
        given = (message.channels, message.sample_rate, message.encoding)
        # ``True == 1`` in Python, but not on the wire.
        is_number = not isinstance(message.channels, bool)
        self.handshake = is_number and given == (1, SAMPLE_RATE, "LINEAR16")
        return self.handshake

    def take_project(self, message: m.SetProjectContext) -> None:
        self.project = ProjectContext(
            speech_title=message.speech_title,
            project_type=message.project_type,
            objectives=tuple(message.objectives),
        )

    def take_vad(self, message: m.SetVadConfig) -> None:
        self.silence_seconds = message.silence_threshold_seconds
        self.suggests_stop = message.enabled

    def take_consent(self, name: str, *, confirmed: bool, moment: datetime) -> m.Consent | None:
        """Take what the speaker says at ``moment``; None when they have said just that before."""
        before = self.consent
        if before is not None and (name, confirmed) == (
            before.speaker_name,
            before.consent_confirmed,
        ):
            return None
        self.consent = m.Consent(
            speaker_name=name,
            consent_confirmed=confirmed,
            consent_timestamp=moment.isoformat(timespec="milliseconds"),
        )
        return self.consent

    def forget(self) -> None:
        """Forget what belongs to one speech; handshake, consent and taste stay."""
        self.project = ProjectContext()
        self.silence_seconds = DEFAULT_SILENCE_SECONDS
        self.suggests_stop = True
        self.notes = ""
