"""Bugs of live evaluation that others shipped, each with the test that would catch it here:

- a reconnect creates an empty session, Start is refused though the page says consented:
  ``test_machine_resume.py``,
  ``test_whatever_changes_is_noted_for_the_row``, ``live/test_resume.py``;
- the state is set after the audio's producer starts: ``live/test_recording.py``,
  ``test_the_first_chunk_right_behind_start_is_kept``;
- Deliver races Stop: ``test_trap_deliver_races_stop``;
- a late idle cuts the sound: ``test_trap_a_late_end_of_playback_cuts_nothing``;
- stale processing after panic, withdrawal or new start: ``test_trap_stale_processing``;
- the longest speech is stranded: ``test_trap_the_longest_speech_is_not_stranded``;
- a microphone refused after Start leaves the server recording:
  ``test_trap_a_refused_microphone_does_not_leave_the_server_recording``;
- double clicks: ``test_trap_double_clicks``;
- the connection is cut in front of the audience: ``tests/faults/test_loss.py``, in each state
  ``tests/faults/test_recovery.py``;
- a component tested and not wired, and parity between delivery paths:
  ``live/test_extensions.py`` (over the real server), ``test_trap_every_path_shows_the_roles``;
- a token that expires, a late upgrade: ``live/test_tickets.py``, ``live/test_transport.py``;
- one socket's error ends all sessions: ``live/test_recording.py``,
  ``test_two_sessions_at_once_do_not_mix``;
- captions after a late Close or status: ``core/test_machine.py``,
  ``test_captions_after_a_panic_are_nobodys``.
"""

from dataclasses import replace

import pytest

from evaluations.core.stages import ShownStage
from sessions_app.contract import messages as m
from sessions_app.core import effects as fx
from sessions_app.core.run_view import Delivery, RunView
from tests.sessions_app.contract.test_golden import example
from tests.sessions_app.core.driving import EVALUATION, TRANSCRIPT, Driver, errors
from tests.sessions_app.core.resuming import INFO, restored, stored

IDLE, RECORDING = m.SessionState.IDLE, m.SessionState.RECORDING
PROCESSING, DELIVERING = m.SessionState.PROCESSING, m.SessionState.DELIVERING


@pytest.fixture
def driver() -> Driver:
    return Driver()


def test_trap_deliver_races_stop(driver):
    driver.record()
    driver.wait(30, pcm=bytes(32_000))
    driver.say(m.StopRecording(), m.DeliverEvaluation())
    driver.machine.capture_finished(driver.machine.run_id)
    driver.machine.run_changed(driver.view(ShownStage.READY))
    assert not errors(driver.sent())
    driver.machine.delivery_loaded(driver.delivery(), driver.now)
    assert driver.machine.state is DELIVERING


@pytest.mark.parametrize("end", [m.PanicMute(), m.RevokeConsent(), m.StartRecording()])
def test_trap_stale_processing(driver, end):
    """Whatever an old run still says, the page hears no ``processing`` any more."""
    driver.record()
    driver.wait(30, pcm=bytes(32_000))
    driver.say(m.StopRecording())
    old = driver.machine.run_id
    if isinstance(end, m.StartRecording):
        driver.say(m.PanicMute(), m.SetConsent(speaker_name="Ada", consent_confirmed=True))
    driver.say(end)
    if isinstance(end, m.RevokeConsent):
        driver.machine.erased(driver.now)
    settled = driver.machine.state
    assert settled is (RECORDING if isinstance(end, m.StartRecording) else IDLE)
    driver.take()
    driver.machine.capture_finished(old)
    for stage in ShownStage:
        driver.machine.run_changed(RunView(old, stage, None, TRANSCRIPT))
    late = Delivery(old, EVALUATION, "Thank you.", b"sound", 3.0)
    driver.machine.delivery_loaded(late, driver.now)
    driver.machine.delivery_failed(old, "gone")
    driver.machine.tick(driver.now)
    assert not [message for message in driver.sent() if isinstance(message, m.StateChange)]
    assert driver.machine.state is settled
    assert stored(driver.machine.snapshot()).state is settled


def test_trap_a_late_end_of_playback_cuts_nothing(driver):
    driver.delivered()
    driver.say(m.PlaybackFinished(), m.PlaybackFinished(), m.ReplayTts())
    driver.machine.delivery_loaded(driver.delivery(seconds=20), driver.now)
    driver.take()
    driver.wait(21)
    assert driver.machine.state is DELIVERING, "the sound is still playing"
    driver.wait(1)
    assert driver.machine.state is IDLE


def test_trap_the_longest_speech_is_not_stranded():
    """It stops on the path of a Stop, in the process that takes the session up as well."""
    driver = Driver(max_speech_seconds=30)
    driver.record()
    driver.wait(29, pcm=bytes(32_000))
    other = restored(driver)
    other.machine.resumed(INFO)
    other.take()
    other.hear()
    asked = other.take()
    assert fx.FinishCapture(other.machine.run_id) in asked
    assert other.machine.state is PROCESSING
    other.machine.capture_finished(other.machine.run_id)
    requested = [effect for effect in other.take() if isinstance(effect, fx.RequestEvaluation)]
    assert [request.samples for request in requested] == [30 * 16_000]


def test_trap_a_refused_microphone_does_not_leave_the_server_recording(driver):
    driver.record()
    driver.wait(10)
    other = restored(driver)
    other.machine.resumed(INFO)
    other.wait(15)
    assert other.machine.state is IDLE
    other.say(m.StartRecording())
    assert other.machine.state is RECORDING


def test_trap_double_clicks(driver):
    """No banner in front of an audience, and nothing happens twice."""
    driver.evaluated()
    driver.take()
    driver.say(m.DeliverEvaluation(), m.DeliverEvaluation())
    driver.machine.delivery_loaded(driver.delivery(), driver.now)
    driver.machine.delivery_loaded(driver.delivery(), driver.now)
    driver.say(m.DeliverEvaluation(), m.PlaybackFinished(), m.PlaybackFinished())
    driver.say(m.SaveOutputs(), m.SaveOutputs(), m.ReplayTts(), m.ReplayTts())
    asked = driver.take()
    assert not errors(effect.message for effect in asked if isinstance(effect, fx.Send))
    kinds = [type(effect) for effect in asked]
    assert kinds.count(fx.SendAudio) == 1
    assert kinds.count(fx.KeepOutputs) == 1
    assert kinds.count(fx.LoadDelivery) == 2, "the delivery and the replay"


@pytest.mark.parametrize("path", ["ready", "awaited", "shown again"])
def test_trap_every_path_shows_the_roles(driver, path):
    result = m.RoleResults.model_validate(example("role_results")).results
    driver.record()
    driver.wait(30, pcm=bytes(32_000))
    driver.stop()
    if path == "awaited":
        driver.say(m.DeliverEvaluation())
    driver.machine.run_changed(driver.view(ShownStage.READY))
    if path != "awaited":
        driver.say(m.DeliverEvaluation())
    driver.take()
    delivery = replace(driver.delivery(), roles=result)
    if path == "shown again":
        driver.machine.shown_again(delivery)
    else:
        driver.machine.delivery_loaded(delivery, driver.now)
    told = [message for message in driver.sent() if isinstance(message, m.RoleResults)]
    assert [message.results for message in told] == [result]
