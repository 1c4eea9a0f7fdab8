"""A session machine with a clock of its own, for tests."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from evaluations.core.shapes import Evaluation, Segment, Transcript
from evaluations.core.stages import ShownStage
from evaluations.core.styles import STYLES
from sessions_app.contract import messages as m
from sessions_app.core import effects as fx
from sessions_app.core.config import SessionConfig
from sessions_app.core.limits import Limits
from sessions_app.core.machine import SessionMachine
from sessions_app.core.run_view import Delivery, RunView
from sessions_app.core.setup import Setup
from sessions_app.detection.energy import EnergyDetector
from tests.sessions_app.contract.test_golden import example

WALL_OFFSET = 1_800_000_000.0
CHUNK = bytes(1_600)
SECOND = bytes(32_000)
FORMAT = m.AudioFormatMessage(channels=1, sample_rate=16_000, encoding="LINEAR16")
CONSENT = m.Consent(
    speaker_name="Ada", consent_confirmed=True, consent_timestamp="2026-11-21T19:30:00+00:00"
)
EVALUATION = Evaluation.model_validate(example("evaluation_ready")["evaluation"])
SEGMENT = Segment(text="Good evening.", start_time=0, end_time=1, is_final=True)
TRANSCRIPT = Transcript(segments=(SEGMENT,))


class Driver:
    """A machine with a clock, and what it has asked for so far."""

    def __init__(self, *, consent: m.Consent | None = CONSENT, **limits: Any) -> None:
        self.now = 100.0
        config = SessionConfig(
            limits=replace(Limits(), **limits),
            make_detector=EnergyDetector,
            styles=STYLES,
            roles=("timer", "ah_counter"),
        )
        self.machine = SessionMachine(
            config, Setup(consent=consent), now=self.now, wall=self.now + WALL_OFFSET
        )
        self.asked: list[fx.Effect] = []

    def take(self) -> list[fx.Effect]:
        """What has been asked since the last time."""
        self._collect()
        taken, self.asked = self.asked, []
        return taken

    def _collect(self) -> None:
        self.asked += self.machine.effects()

    def sent(self) -> list[object]:
        """The messages sent since the last time; whatever waited for its rows is stored."""
        return [message for effect in self.take() if (message := message_of(effect)) is not None]

    def say(self, *messages: m.ClientMessage) -> None:
        for message in messages:
            self.machine.receive(message, self.now)

    def hear(self, pcm: bytes = SECOND) -> None:
        self.machine.receive_audio(pcm, self.now)

    def wait(self, seconds: float, *, pcm: bytes | None = None) -> None:
        """Let time pass a second at a time, with or without audio."""
        for _ in range(round(seconds)):
            self.now += 1
            if pcm is not None:
                self.hear(pcm)
            self.machine.tick(self.now)

    def record(self) -> None:
        self.say(FORMAT, m.StartRecording())
        assert self.machine.state is m.SessionState.RECORDING

    def stop(self) -> None:
        self.say(m.StopRecording())
        self.machine.capture_finished(self.machine.run_id)

    def evaluated(self) -> None:
        """Recorded, stopped, and the evaluation is ready."""
        self.record()
        self.wait(30, pcm=SECOND)
        self.stop()
        self.machine.run_changed(self.view(ShownStage.READY))

    def delivered(self) -> None:
        self.evaluated()
        self.say(m.DeliverEvaluation())
        self.machine.delivery_loaded(self.delivery(), self.now)

    def view(self, stage: ShownStage, **more: object) -> RunView:
        return RunView(self.machine.run_id, stage, transcript=TRANSCRIPT, **more)  # type: ignore[arg-type]

    def delivery(self, audio: bytes | None = b"sound", seconds: float = 20.0) -> Delivery:
        return Delivery(self.machine.run_id, EVALUATION, "Thank you.", audio, seconds)


def message_of(effect: fx.Effect) -> BaseModel | None:
    """What the client is sent when everything can be stored."""
    match effect:
        case fx.Send(message=message):
            return message
        case fx.RecordConsent(reply=reply) | fx.ConfirmConsent(reply=reply):
            return reply
        case fx.SaveSetup(reply=reply):
            return reply
        case _:
            return None


def states(messages: Iterable[object]) -> list[str]:
    return [message.state.value for message in messages if isinstance(message, m.StateChange)]


def errors(messages: Iterable[object]) -> list[str]:
    return [message.message for message in messages if isinstance(message, m.ErrorMessage)]
