"""The session machine after Stop: evaluation, delivery, saving, panic; time is handed in."""

from dataclasses import replace

import pytest

from evaluations.core.stages import ShownStage
from sessions_app.contract import messages as m
from sessions_app.contract.messages import EngineNames
from sessions_app.core import effects as fx
from tests.sessions_app.core.driving import EVALUATION, SECOND, SEGMENT, Driver, errors, states


@pytest.fixture
def driver() -> Driver:
    return Driver()


def test_the_final_transcript_and_each_stage_are_told_once(driver):
    driver.record()
    driver.wait(3, pcm=SECOND)
    driver.stop()
    driver.take()
    for stage in (ShownStage.PROCESSING_SPEECH, ShownStage.GENERATING_EVALUATION, ShownStage.READY):
        driver.machine.run_changed(driver.view(stage))
        driver.machine.run_changed(driver.view(stage))
    sent = driver.sent()
    assert [s.stage.value for s in sent if isinstance(s, m.PipelineProgress)] == [
        "generating_evaluation",
        "ready",
    ]
    updates = [s for s in sent if isinstance(s, m.TranscriptUpdate)]
    assert updates == [m.TranscriptUpdate(segments=(SEGMENT,), replace_from_index=0)]


def test_deliver_right_after_stop_waits_for_the_evaluation(driver):
    driver.record()
    driver.wait(3, pcm=SECOND)
    driver.say(m.StopRecording(), m.DeliverEvaluation(), m.DeliverEvaluation())
    assert not errors(driver.sent())
    driver.machine.capture_finished(1)
    driver.machine.run_changed(driver.view(ShownStage.READY))
    loads = [effect for effect in driver.take() if isinstance(effect, fx.LoadDelivery)]
    assert loads == [fx.LoadDelivery(1)]
    driver.machine.delivery_loaded(driver.delivery(), driver.now)
    assert states(driver.sent()) == ["delivering"]


def test_a_delivery_is_state_then_evaluation_then_sound_then_complete(driver):
    driver.evaluated()
    driver.take()
    driver.say(m.DeliverEvaluation(), m.DeliverEvaluation())
    driver.machine.delivery_loaded(driver.delivery(), driver.now)
    driver.say(m.DeliverEvaluation())
    asked = [effect for effect in driver.take() if isinstance(effect, fx.Send | fx.SendAudio)]
    assert asked == [
        fx.Send(m.StateChange(state=m.SessionState.DELIVERING)),
        fx.Send(m.EvaluationReady(evaluation=EVALUATION, script="Thank you.")),
        fx.SendAudio(b"sound"),
        fx.Send(m.TtsComplete()),
    ]


def test_an_evaluation_without_sound_is_delivered_in_writing(driver):
    driver.evaluated()
    driver.say(m.DeliverEvaluation())
    driver.take()
    driver.machine.delivery_loaded(driver.delivery(audio=None), driver.now)
    sent = driver.sent()
    assert states(sent) == ["delivering", "idle"]
    assert [message for message in sent if isinstance(message, m.EvaluationReady)]
    assert errors(sent)


def test_playback_ends_by_the_clients_word_and_a_second_one_is_nothing(driver):
    driver.delivered()
    driver.take()
    driver.say(m.PlaybackFinished(), m.PlaybackFinished())
    assert driver.sent() == [m.StateChange(state=m.SessionState.IDLE)]


def test_playback_ends_by_the_length_of_the_sound_and_two_seconds(driver):
    driver.delivered()
    driver.take()
    driver.wait(21)
    assert not driver.take()
    driver.wait(1)
    assert states(driver.sent()) == ["idle"]


def test_a_start_in_the_cool_down_is_refused(driver):
    driver.delivered()
    driver.say(m.PlaybackFinished())
    driver.take()
    driver.now += 2.4
    driver.say(m.StartRecording())
    assert len(errors(driver.sent())) == 1
    driver.now += 0.2
    driver.say(m.StartRecording())
    assert states(driver.sent()) == ["recording"]


def test_a_speech_too_short_rests_and_may_be_saved(driver):
    driver.record()
    driver.hear(SECOND)
    driver.stop()
    driver.take()
    view = driver.view(ShownStage.FAILED, message="Too short.", too_short=True)
    driver.machine.run_changed(view)
    sent = driver.sent()
    assert states(sent) == ["idle"]
    assert [s.message for s in sent if isinstance(s, m.PipelineProgress)] == ["Too short."]
    driver.say(m.SaveOutputs())
    assert driver.take() == [fx.KeepOutputs(1)]


def test_deliver_tries_a_failed_evaluation_again(driver):
    driver.record()
    driver.hear(SECOND)
    driver.stop()
    driver.machine.run_changed(driver.view(ShownStage.FAILED, message="The engine is gone."))
    assert "The engine is gone." in errors(driver.sent())
    driver.say(m.DeliverEvaluation())
    assert [e for e in driver.take() if isinstance(e, fx.RequestEvaluation)]
    driver.machine.run_changed(driver.view(ShownStage.READY))
    assert fx.LoadDelivery(1) in driver.take()


def requests(driver: Driver) -> list[int]:
    """The runs that have been asked for since the last time."""
    return [effect.run_id for effect in driver.take() if isinstance(effect, fx.RequestEvaluation)]


def test_deliver_tries_an_evaluation_again_that_could_not_be_asked_for(driver):
    driver.record()
    driver.wait(3, pcm=SECOND)
    driver.stop()
    driver.say(m.DeliverEvaluation())
    assert requests(driver) == [1]
    driver.machine.request_failed(1)
    assert not driver.machine.awaits_run
    failed = [sent for sent in driver.sent() if isinstance(sent, m.PipelineProgress)]
    assert [sent.stage for sent in failed] == [ShownStage.FAILED]
    driver.say(m.DeliverEvaluation())
    assert requests(driver) == [1]
    driver.machine.run_changed(driver.view(ShownStage.READY))
    assert fx.LoadDelivery(1) in driver.take()


def test_of_an_older_run_it_does_not_matter_that_it_could_not_be_asked_for(driver):
    driver.record()
    driver.wait(3, pcm=SECOND)
    driver.stop()
    driver.say(m.SetActiveRoles(role_ids=["timer"]))
    driver.take()
    driver.machine.request_failed(1)
    assert driver.machine.awaits_run
    assert not driver.take()


def test_an_evaluation_on_its_way_is_prepared_again_for_a_shorter_time(driver):
    """What it is being fitted to is the old limit: nobody would look at its length again."""
    driver.record()
    driver.wait(3, pcm=SECOND)
    driver.stop()
    driver.machine.run_changed(driver.view(ShownStage.GENERATING_EVALUATION))
    assert requests(driver) == [1]
    driver.say(m.SetTimeLimit(seconds=60))
    assert requests(driver) == [2]
    driver.say(m.SetTimeLimit(seconds=90))
    assert requests(driver) == []


def test_an_evaluation_that_fits_is_not_prepared_again(driver):
    driver.evaluated()
    driver.machine.run_changed(driver.view(ShownStage.READY, script_seconds=55.0))
    driver.take()
    driver.say(m.SetTimeLimit(seconds=60))
    assert requests(driver) == []


def test_a_second_save_before_the_answer_is_ignored(driver):
    driver.delivered()
    driver.say(m.PlaybackFinished())
    driver.take()
    driver.say(m.SaveOutputs(), m.SaveOutputs())
    assert driver.take() == [fx.KeepOutputs(1)]
    saved = m.OutputsSaved(paths=("/a",))
    driver.machine.outputs_saved(1, saved)
    assert driver.sent() == [saved]


@pytest.mark.parametrize("sent_before", ["nothing", "recording", "processing"])
def test_saving_without_a_delivered_evaluation_is_refused(driver, sent_before):
    if sent_before != "nothing":
        driver.record()
    if sent_before == "processing":
        driver.stop()
    driver.take()
    driver.say(m.SaveOutputs())
    assert "No session data" in errors(driver.sent())[0]


def test_a_panic_is_answered_with_idle_from_anywhere(driver):
    driver.say(m.PanicMute())
    assert states(driver.sent()) == ["idle"]
    for reach in (driver.record, driver.evaluated, driver.delivered):
        driver.now += 10
        reach()
        driver.take()
        driver.say(m.PanicMute())
        assert states(driver.sent()) == ["idle"]


def test_nothing_of_an_old_run_comes_through_after_a_panic(driver):
    driver.record()
    driver.hear(SECOND)
    driver.say(m.StopRecording(), m.DeliverEvaluation(), m.PanicMute())
    old = driver.view(ShownStage.READY)
    old = replace(old, run_id=1)
    driver.take()
    driver.machine.capture_finished(1)
    driver.machine.run_changed(old)
    driver.machine.delivery_loaded(replace(driver.delivery(), run_id=1), driver.now)
    driver.machine.delivery_failed(1, "late")
    assert not driver.take()
    driver.record()
    driver.machine.run_changed(old)
    driver.machine.capture_finished(1)
    assert driver.machine.state is m.SessionState.RECORDING


def test_a_panic_while_processing_cancels_the_run_and_says_so(driver):
    driver.record()
    driver.hear(SECOND)
    driver.stop()
    driver.take()
    driver.say(m.PanicMute())
    asked = driver.take()
    assert fx.CancelRun(1) in asked
    progress = next(effect for effect in asked if isinstance(effect, fx.Send))
    assert progress.message == m.PipelineProgress(stage=ShownStage.INVALIDATED, run_id=2)


def test_with_ready_comes_which_engines_served(driver):
    served = EngineNames(live="scripted", final="scripted", evaluation="builtin", speech="hum")
    driver.record()
    driver.wait(30, pcm=SECOND)
    driver.stop()
    driver.sent()
    driver.machine.run_changed(driver.view(ShownStage.GENERATING_EVALUATION))
    driver.machine.run_changed(driver.view(ShownStage.READY, engines=served))
    told = [s.engines for s in driver.sent() if isinstance(s, m.PipelineProgress)]
    assert told == [None, served]


def test_where_the_vault_had_no_room_what_it_kept_is_evaluated(driver):
    driver.record()
    driver.hear(SECOND)
    driver.machine.audio_kept(16_000)
    driver.hear(SECOND)
    driver.machine.audio_refused("The server has no room for more audio.")
    driver.hear(SECOND)
    driver.take()
    driver.stop()
    [asked] = [effect for effect in driver.take() if isinstance(effect, fx.RequestEvaluation)]
    assert asked.samples == 16_000
