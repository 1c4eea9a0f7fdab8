"""A session that is taken up from its snapshot goes on as if nothing had happened."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.core.shapes import Segment
from evaluations.core.stages import ShownStage
from sessions_app.contract import messages as m
from sessions_app.core import effects as fx
from sessions_app.core.machine import SessionMachine
from sessions_app.core.run_view import Delivery, RunView
from sessions_app.core.snapshot import Snapshot
from sessions_app.transcription import Heard, Utterance
from tests.sessions_app.contract.test_golden import CLIENT
from tests.sessions_app.core.driving import (
    EVALUATION,
    SECOND,
    TRANSCRIPT,
    WALL_OFFSET,
    Driver,
    errors,
)
from tests.sessions_app.core.resuming import INFO, restored, stored
from tests.sessions_app.core.test_machine_properties import said

IDLE, RECORDING = m.SessionState.IDLE, m.SessionState.RECORDING
PROCESSING, DELIVERING = m.SessionState.PROCESSING, m.SessionState.DELIVERING

# They come of the sound of the last seconds, which a new process has not heard.
TRANSIENT = (m.VadStatusMessage, m.VadSpeechEnd, m.AudioHealthMessage, m.CoachingCue)


class World:
    """A machine whose wishes come true at once."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.sent: list[object] = []

    @property
    def machine(self) -> SessionMachine:
        return self.driver.machine

    def settle(self) -> None:
        """Carry out what is asked until nothing is asked any more."""
        while asked := self.machine.effects():
            for effect in asked:
                self._carry_out(effect)

    def _carry_out(self, effect: fx.Effect) -> None:
        machine, now = self.machine, self.driver.now
        match effect:
            case fx.Send(message=message):
                if not isinstance(message, TRANSIENT):
                    self.sent.append(message)
            case fx.Capture():
                machine.audio_kept(machine.samples)
            case fx.FinishCapture(run_id=run_id):
                machine.capture_finished(run_id)
            case fx.LoadDelivery(run_id=run_id):
                delivery = Delivery(run_id, EVALUATION, "Thank you.", b"sound", 3.0)
                machine.delivery_loaded(delivery, now)
            case fx.KeepOutputs(run_id=run_id):
                machine.outputs_saved(run_id, m.OutputsSaved(paths=()))
            case fx.Erase():
                machine.erased(now)
            case _:
                pass

    def resume_from(self, snapshot: Snapshot) -> "World":
        """What another process makes of ``snapshot`` and the same audio."""
        driver = Driver()
        driver.now = self.driver.now
        driver.machine = SessionMachine.restore(
            self.machine.config,
            stored(snapshot),
            samples=self.machine.samples,
            now=driver.now,
            wall=driver.now + WALL_OFFSET,
        )
        return World(driver)

    def come_back(self) -> None:
        """The client connects again; a Stop that the session does not know of, it repeats."""
        self.machine.resumed(INFO)
        self.settle()


@dataclass(frozen=True)
class Step:
    """Something that happens to a session."""

    kind: str
    message: m.ClientMessage | None = None
    size: int = 0
    stage: ShownStage = ShownStage.READY
    seconds: float = 0.0

    def happen(self, world: World, spoken: list[int]) -> None:
        machine, driver = world.machine, world.driver
        match self.kind:
            case "message":
                assert self.message is not None
                driver.say(self.message)
            case "begin":
                driver.say(said("set_consent"), said("audio_format"), m.StartRecording())
            case "evaluate":
                driver.say(m.StopRecording())
                world.settle()
                machine.run_changed(RunView(machine.run_id, ShownStage.READY, None, TRANSCRIPT))
            case "audio":
                driver.hear(bytes(self.size))
            case "caption":
                end = len(spoken) + 1
                segment = Segment(text=f"{end}", start_time=end - 1, end_time=end, is_final=True)
                machine.receive_speech(Utterance(segment))
                machine.receive_speech(Heard(16_000 * end))
            case "run":
                script_seconds = 70.0 if self.stage is ShownStage.READY else None
                machine.run_changed(
                    RunView(
                        machine.run_id, self.stage, None, TRANSCRIPT, script_seconds=script_seconds
                    )
                )
            case "time":
                driver.now += self.seconds
                machine.tick(driver.now)


steps = st.one_of(
    st.builds(Step, kind=st.just("message"), message=st.sampled_from(sorted(CLIENT)).map(said)),
    st.builds(Step, kind=st.sampled_from(["begin", "evaluate", "caption"])),
    st.builds(
        Step,
        kind=st.just("message"),
        message=st.sampled_from(
            [m.StopRecording(), m.DeliverEvaluation(), m.SaveOutputs(), m.ReplayTts()]
        ),
    ),
    st.builds(Step, kind=st.just("audio"), size=st.sampled_from([1, 2, 1_600, 32_000])),
    st.builds(Step, kind=st.just("run"), stage=st.sampled_from(ShownStage)),
    st.builds(Step, kind=st.just("time"), seconds=st.sampled_from([0.25, 1.0, 5.0])),
)


BEGIN = [Step("begin"), Step("audio", size=32_000), Step("caption")]
EVALUATED = [*BEGIN, Step("evaluate")]
DELIVERED = [*EVALUATED, Step("message", m.DeliverEvaluation())]
beginnings = st.sampled_from(
    [[], BEGIN, EVALUATED, DELIVERED, [*DELIVERED, Step("message", m.PlaybackFinished())]]
)


@dataclass
class Life:
    """A session that is never lost, and the number of its captions."""

    world: World = field(
        default_factory=lambda: World(
            # How long the microphone has been silent is not known to a new process.
            Driver(max_lead_seconds=1e6, gap_seconds=1e6, silent_start_seconds=1e6)
        )
    )
    spoken: list[int] = field(default_factory=list)

    def live(self, step: Step, *others: World) -> None:
        for world in (self.world, *others):
            step.happen(world, self.spoken)
        if step.kind == "caption":
            self.spoken.append(0)


@given(
    beginning=beginnings,
    more=st.lists(steps, max_size=12),
    last=steps,
    after=st.lists(steps, max_size=15),
)
@settings(max_examples=400, deadline=None)
def test_a_killed_session_goes_on_as_if_nothing_had_happened(beginning, more, last, after):
    life = Life()
    for step in [*beginning, *more]:
        life.live(step)
        life.world.settle()
    # Killed after the row was written, with nothing done of what the last step asks for.
    life.live(last)
    if isinstance(last.message, m.RevokeConsent):
        # A page that has not heard of ``data_purged`` asks for it again.
        life.world.settle()
    life.world.machine.tick(life.world.driver.now)
    snapshot = life.world.machine.snapshot()
    other = life.world.resume_from(snapshot)
    stopping = life.world.machine.state is PROCESSING and snapshot.state is RECORDING
    life.world.machine.parted()
    life.world.settle()
    life.world.come_back()
    life.world.machine._outside_reported = False
    other.come_back()
    if stopping:
        other.driver.say(m.StopRecording())
        other.settle()
    assert picture(other) == picture(life.world)
    for step in after:
        life.world.sent.clear()
        other.sent.clear()
        life.live(step, other)
        life.world.settle()
        other.settle()
        assert picture(other) == picture(life.world)
        assert other.sent == life.world.sent


def picture(world: World) -> dict[str, object]:
    """All that must survive."""
    machine = world.machine
    assert not machine.effects()
    return stored(machine.snapshot()).model_dump()


@given(beginning=beginnings, more=st.lists(steps, max_size=20))
@settings(max_examples=300, deadline=None)
def test_whatever_changes_is_noted_for_the_row(beginning, more):
    life = Life()
    machine = life.world.machine
    before = told(machine)
    for step in [*beginning, *more]:
        life.live(step)
        life.world.settle()
        changed = machine.changed or machine.heard_more
        now = told(machine)
        assert changed or now == before, step
        before = now


def told(machine: SessionMachine) -> dict[str, object]:
    # The samples are the vault's to count.
    return machine.snapshot().model_dump(exclude={"samples"})


@pytest.fixture
def driver() -> Driver:
    return Driver()


def test_a_resume_grants_the_length_of_the_gap(driver):
    driver.record()
    driver.wait(5, pcm=bytes(32_000))
    other = restored(driver, after=40)
    other.machine.resumed(INFO)
    other.take()
    for _ in range(50):
        other.hear()
    assert other.machine.samples == 55 * 16_000, "40 s of a gap and the 10 s that always are"
    other.hear()
    assert any("arrival rate" in str(told) for told in other.sent() if is_refusal(told))


def is_refusal(message: object) -> bool:
    return isinstance(message, m.AudioFormatError)


def test_a_resumed_page_shows_the_final_transcript_again(driver):
    driver.delivered()
    other = restored(driver)
    other.machine.resumed(INFO)
    updates = [message for message in other.sent() if isinstance(message, m.TranscriptUpdate)]
    assert [update.segments for update in updates] == [TRANSCRIPT.segments]


@pytest.mark.parametrize("audio", [b"sound", None])
def test_a_resumed_page_shows_the_delivered_evaluation_again(driver, audio):
    """With or without its sound: what was delivered in writing is on the screen as well."""
    driver.evaluated()
    driver.say(m.DeliverEvaluation())
    driver.machine.delivery_loaded(driver.delivery(audio=audio), driver.now)
    again = restored(driver)
    again.machine.resumed(INFO)
    assert fx.ShowEvaluation(1) in again.take()


def test_of_a_speech_too_short_there_is_no_evaluation_to_show_again(driver):
    driver.record()
    driver.wait(3, pcm=SECOND)
    driver.stop()
    driver.machine.run_changed(driver.view(ShownStage.FAILED, too_short=True))
    again = restored(driver)
    again.machine.resumed(INFO)
    assert not [effect for effect in again.take() if isinstance(effect, fx.ShowEvaluation)]


def test_an_evaluation_that_nobody_works_on_any_more_is_asked_for_again(driver):
    driver.record()
    driver.wait(30, pcm=bytes(32_000))
    driver.stop()
    asked = [effect for effect in driver.take() if isinstance(effect, fx.RequestEvaluation)]
    other = restored(driver)
    other.machine.resumed(INFO)
    assert [effect for effect in other.take() if isinstance(effect, fx.RequestEvaluation)] == asked


def test_a_caption_that_is_not_yet_acknowledged_is_not_shown_twice(driver):
    driver.record()
    driver.wait(5, pcm=bytes(32_000))
    first = Segment(text="One.", start_time=0, end_time=1, is_final=True)
    second = Segment(text="Two.", start_time=1, end_time=2, is_final=True)
    for event in (Utterance(first), Heard(16_000), Utterance(second)):
        driver.machine.receive_speech(event)
    other = restored(driver)
    other.machine.resumed(INFO)
    assert fx.GoOnCapturing(16_000) in other.machine.effects()
    other.machine.receive_speech(Utterance(second))
    update = other.sent()[0]
    assert isinstance(update, m.TranscriptUpdate)
    assert (update.segments, update.replace_from_index) == ((second,), 1)


def test_a_new_process_refuses_what_the_old_one_refused(driver):
    driver.record()
    driver.hear(b"\x00")
    other = restored(driver)
    other.machine.resumed(INFO)
    other.take()
    other.hear()
    assert other.machine.samples == 0
    other.say(m.SetConsent(speaker_name="Eve", consent_confirmed=True))
    assert any("Cannot modify consent" in sentence for sentence in errors(other.sent()))
