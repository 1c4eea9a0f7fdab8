"""The set-up messages: what may be said when, before and around a recording."""

from datetime import UTC, datetime

from sessions_app.contract import messages as m
from sessions_app.core import effects as fx
from sessions_app.core.config import SessionConfig
from sessions_app.core.setup import Setup
from sessions_app.core.states import StatefulOutbox

TYPICAL_SCRIPT_SECONDS = 100.0
"""How long the built-in evaluator's scripts usually are; what is told before there is one."""


class Preparing(StatefulOutbox):
    """A session that can be set up."""

    def __init__(self, config: SessionConfig, setup: Setup) -> None:
        super().__init__()
        self.config = config
        self.setup = setup
        self._script_seconds: float | None = None

    def _audio_format(self, message: m.AudioFormatMessage) -> None:
        if self.state is m.SessionState.RECORDING:
            self._refuse('audio_format comes before start_recording; the session is "recording".')
        elif not self.setup.take_format(message):
            self._send(
                m.AudioFormatError(
                    message="The audio_format handshake must say channels 1, sampleRate 16000, "
                    'encoding "LINEAR16".'
                )
            )

    def _set_project(self, message: m.SetProjectContext) -> None:
        if self._rests("set_project_context is possible only"):
            self.setup.take_project(message)
            self._save_setup()

    def _set_vad(self, message: m.SetVadConfig) -> None:
        if self._rests("set_vad_config is possible only"):
            self.setup.take_vad(message)

    def _set_consent(self, message: m.SetConsent, wall: float) -> None:
        name = message.speaker_name.strip()
        if not self._rests("Cannot modify consent except"):
            return
        if not name:
            self._refuse("set_consent: `speakerName`: a name of 1 to 120 characters is needed.")
            return
        moment = datetime.fromtimestamp(wall, tz=UTC)
        confirmed = message.consent_confirmed
        changed = self.setup.take_consent(name, confirmed=confirmed, moment=moment)
        if consent := self.setup.consent:
            ask = fx.RecordConsent if changed else fx.ConfirmConsent
            self._do(ask(consent, m.ConsentStatus(consent=consent)))

    def _set_style(self, message: m.SetEvaluationStyle) -> None:
        if not self._rests("set_evaluation_style is possible only"):
            return
        if message.style not in self.config.styles:
            valid = ", ".join(self.config.styles)
            self._refuse(f"Invalid evaluation style {message.style[:40]!r}; valid are: {valid}.")
            return
        self.setup.style = message.style
        self._save_setup()

    def _set_mode(self, message: m.SetSessionMode) -> None:
        if self._rests("set_session_mode is possible only"):
            self.setup.mode = message.mode
            self._save_setup()

    def _set_notes(self, message: m.SetNotes) -> None:
        if self.state not in {m.SessionState.IDLE, m.SessionState.RECORDING}:
            self._refuse_state("notes can be taken while idle or recording")
            return
        self.setup.notes = message.notes
        self._save_setup()

    def _take_roles(self, message: m.SetActiveRoles) -> bool:
        """Take the roles; False when they are refused or change nothing."""
        if self.state is m.SessionState.DELIVERING:
            self._refuse_state("roles cannot change while an evaluation is delivered")
            return False
        known = self.config.roles
        if unknown := [role for role in message.role_ids if role not in known]:
            self._refuse(f"Unknown role {unknown[0][:40]!r}; valid are: {', '.join(known)}.")
            return False
        before, self.setup.roles = self.setup.roles, tuple(dict.fromkeys(message.role_ids))
        self._save_setup()
        return before != self.setup.roles

    def _take_time_limit(self, message: m.SetTimeLimit) -> bool:
        """Take the limit; False when it is refused."""
        if self.state is m.SessionState.DELIVERING:
            self._refuse_state("the time limit cannot change while an evaluation is delivered")
            return False
        self.setup.time_limit_seconds = message.seconds
        self._save_setup(self._estimate())
        return True

    def _estimate(self) -> m.DurationEstimate:
        limit = self.setup.time_limit_seconds
        known = self._script_seconds
        guess = min(TYPICAL_SCRIPT_SECONDS, limit) if known is None else known
        return m.DurationEstimate(estimated_seconds=guess, time_limit_seconds=limit)

    def _save_setup(self, reply: m.DurationEstimate | None = None) -> None:
        self.changed = True
        self._do(fx.SaveSetup(self.setup.model_copy(), reply))
