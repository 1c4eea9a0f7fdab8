"""Any sequence of inputs: legal states, no exception, a panic that always works."""

import json
import os
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from evaluations.core.shapes import Transcript
from evaluations.core.stages import ShownStage
from sessions_app.contract import messages as m
from sessions_app.contract import wire
from sessions_app.core import effects as fx
from sessions_app.core.run_view import Delivery, RunView
from sessions_app.transcription import Heard, Hypothesis, SpeechEvent, StreamStatus, Utterance
from tests.sessions_app.contract.test_golden import CLIENT, example
from tests.sessions_app.core.driving import EVALUATION, SEGMENT, Driver, message_of
from tests.speech import burst, silence

IDLE, RECORDING = m.SessionState.IDLE, m.SessionState.RECORDING
PROCESSING, DELIVERING = m.SessionState.PROCESSING, m.SessionState.DELIVERING

# Contract, section 2; whatever leads to idle may also be a panic.
ALLOWED = {
    (IDLE, RECORDING),
    (RECORDING, PROCESSING),
    (PROCESSING, DELIVERING),
    *((state, IDLE) for state in m.SessionState),
}
SOUND = (burst(3).tobytes() + silence(6).tobytes()) * 2


def said(name: str) -> Any:
    message = wire.parse(json.dumps(example(name)))
    assert not isinstance(message, wire.Malformed)
    return message


messages = st.sampled_from(sorted(CLIENT)).map(said) | st.builds(
    m.AudioFormatMessage,
    channels=st.sampled_from([1, 2, True, None, "1"]),
    sample_rate=st.sampled_from([16_000, 44_100, None, [16_000]]),
    encoding=st.sampled_from(["LINEAR16", "OPUS", None]),
)
speech_events: st.SearchStrategy[SpeechEvent] = st.sampled_from(
    [
        Hypothesis(SEGMENT),
        Utterance(SEGMENT),
        Heard(16_000),
        StreamStatus("reconnecting"),
        StreamStatus("reconnected"),
        StreamStatus("failed"),
    ]
)


class AnySession(RuleBasedStateMachine):
    """A client, an engine, a worker and a clock that do as they please."""

    @initialize(lead=st.sampled_from([2.0, 10.0, 1e6]), longest=st.sampled_from([3, 20, 1_500]))
    def open(self, lead: float, longest: int) -> None:
        self.driver = Driver(max_lead_seconds=lead, max_speech_seconds=longest)
        self.machine = self.driver.machine
        self.shown = self.machine.state
        self.at = 0
        self.captured = 0
        self.highest_run = 0

    @rule(message=messages)
    def message(self, message: m.ClientMessage) -> None:
        self.driver.say(message)
        if isinstance(message, m.RevokeConsent):
            # Idle is said when everything is erased.
            self.machine.erased(self.driver.now)

    @rule()
    def a_whole_start(self) -> None:
        self.driver.say(said("set_consent"), said("audio_format"), m.StartRecording())

    @rule()
    def panic(self) -> None:
        self.check_effects()
        self.driver.say(m.PanicMute())
        asked = self.machine.effects()
        assert fx.Send(m.StateChange(state=IDLE)) in asked
        assert self.machine.state is IDLE
        self.driver.asked = asked

    @rule(size=st.integers(0, 70_000))
    def audio(self, size: int) -> None:
        pcm = SOUND[self.at : self.at + size]
        self.at = (self.at + size) % (len(SOUND) - 70_000) // 2 * 2
        self.driver.hear(pcm)

    @rule(event=speech_events)
    def speech(self, event: SpeechEvent) -> None:
        self.machine.receive_speech(event)

    @rule(late=st.integers(0, 2))
    def capture_finished(self, late: int) -> None:
        self.machine.capture_finished(self.machine.run_id - late)

    @rule(
        late=st.integers(0, 2),
        stage=st.sampled_from(ShownStage),
        known=st.booleans(),
        too_short=st.booleans(),
    )
    def run_changed(self, late: int, stage: ShownStage, known: bool, too_short: bool) -> None:
        transcript = Transcript(segments=(SEGMENT,)) if known else None
        run = self.machine.run_id - late
        self.machine.run_changed(RunView(run, stage, None, transcript, too_short))

    @rule(late=st.integers(0, 2), audio=st.none() | st.just(b"sound"))
    def delivery_loaded(self, late: int, audio: bytes | None) -> None:
        run = self.machine.run_id - late
        self.machine.delivery_loaded(
            Delivery(run, EVALUATION, "Thank you.", audio, 3.0), self.driver.now
        )

    @rule(late=st.integers(0, 2))
    def delivery_failed(self, late: int) -> None:
        self.machine.delivery_failed(self.machine.run_id - late, "gone")

    @rule(late=st.integers(0, 2))
    def saved(self, late: int) -> None:
        self.machine.outputs_saved(self.machine.run_id - late, m.OutputsSaved(paths=()))

    @rule()
    def failed(self) -> None:
        self.machine.step_failed("no")

    @rule()
    def consent_failed(self) -> None:
        if (consent := self.machine.setup.consent) is not None:
            self.machine.consent_failed(consent)
            assert self.machine.state is IDLE, "it goes on without consent"

    @rule(samples=st.integers(0, 200_000))
    def kept(self, samples: int) -> None:
        self.machine.audio_kept(samples)

    @rule()
    def vault_full(self) -> None:
        self.machine.audio_refused("full")

    @rule(seconds=st.sampled_from([0.0, 0.25, 1.0, 5.0, 20.0, 70.0]))
    def time(self, seconds: float) -> None:
        self.driver.now += seconds
        self.machine.tick(self.driver.now)

    @rule()
    def stranger(self) -> None:
        self.machine.receive_malformed("no", self.driver.now)

    @rule()
    def purged(self) -> None:
        self.machine.purged(self.driver.now)

    @invariant()
    def check_effects(self) -> None:
        if not hasattr(self, "machine"):
            return
        entered = self.shown
        for effect in self.driver.take():
            if (message := message_of(effect)) is not None:
                # Everything that is sent can be read back.
                assert wire.parse_server(wire.dump(message)) == message
            match effect:
                case fx.Enter(state=state):
                    entered = state
                case fx.Send(message=m.StateChange(state=state)):
                    assert state is entered, "a state is told that was not entered"
                    assert (self.shown, state) in ALLOWED, f"{self.shown} -> {state}"
                    self.shown = state
                case fx.BeginCapture(run_id=run_id):
                    assert run_id > self.highest_run, "a run's number was used twice"
                    self.highest_run, self.captured = run_id, 0
                case fx.Capture(start=start, pcm=pcm):
                    assert start == self.captured, "the recording has a hole"
                    self.captured += len(pcm) // 2
                case fx.RequestEvaluation(run_id=run_id, samples=samples):
                    assert (run_id, samples) == (self.machine.run_id, self.captured)
                case fx.LoadDelivery() | fx.KeepOutputs():
                    assert effect.run_id == self.machine.run_id
                case _:
                    pass
        assert self.shown is self.machine.state, "the client was not told"
        assert self.machine.samples <= self.machine.limits.max_speech_seconds * 16_000


# Thousands of sessions where time does not matter to whoever waits.
SESSIONS = 2_000 if os.environ.get("CI") else 150
AnySession.TestCase.settings = settings(
    max_examples=SESSIONS, stateful_step_count=40, deadline=None
)
test_any_session = AnySession.TestCase
