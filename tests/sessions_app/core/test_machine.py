"""The session machine from the first message to Stop, with time handed in."""

import json

import numpy as np
import pytest

from sessions_app.contract import messages as m
from sessions_app.contract.close_codes import CloseCode
from sessions_app.core import effects as fx
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.transcription import Heard, Hypothesis, StreamStatus, Utterance
from tests.sessions_app.contract.test_golden import example
from tests.sessions_app.core.driving import (
    CHUNK,
    CONSENT,
    FORMAT,
    SECOND,
    SEGMENT,
    Driver,
    errors,
    states,
)
from tests.speech import alternating, burst, cut


@pytest.fixture
def driver() -> Driver:
    return Driver()


def test_the_first_thing_a_client_hears_is_the_state(driver):
    info = m.SessionInfo.model_validate(example("session_info"))
    driver.machine.setup.notes = info.notes
    driver.machine.opened(info.model_copy(update={"notes": ""}))
    assert driver.sent() == [
        m.StateChange(state=m.SessionState.IDLE),
        info,
        m.ConsentStatus(consent=CONSENT),
    ]


def test_a_recording_starts_and_takes_the_very_first_chunk(driver):
    driver.say(FORMAT, m.StartRecording())
    driver.hear(CHUNK)
    asked = driver.take()
    assert asked == [
        fx.CancelRun(0),
        fx.BeginCapture(1),
        fx.Enter(m.SessionState.RECORDING),
        fx.Send(m.StateChange(state=m.SessionState.RECORDING)),
        fx.Capture(0, CHUNK),
    ]


def test_no_recording_without_consent():
    driver = Driver(consent=None)
    driver.say(FORMAT, m.StartRecording())
    assert "consent has not been confirmed" in errors(driver.sent())[0]
    driver.say(m.SetConsent(speaker_name="Ada", consent_confirmed=False), m.StartRecording())
    assert "consent has not been confirmed" in errors(driver.sent())[0]
    driver.say(m.SetConsent(speaker_name="Ada", consent_confirmed=True), m.StartRecording())
    assert states(driver.sent()) == ["recording"]


@pytest.mark.parametrize(
    "change",
    [
        {"channels": 2},
        {"channels": True},
        {"channels": None},
        {"sample_rate": 44_100},
        {"sample_rate": "16000"},
        {"encoding": "OPUS"},
        {"encoding": None},
    ],
)
def test_a_wrong_handshake_is_refused_and_takes_an_earlier_one_back(driver, change):
    driver.say(FORMAT, FORMAT.model_copy(update=change), m.StartRecording())
    sent = driver.sent()
    assert [type(message) for message in sent] == [m.AudioFormatError, m.AudioFormatError]
    assert all("handshake" in message.message for message in sent)


def test_a_second_start_changes_nothing(driver):
    driver.record()
    driver.hear(CHUNK)
    driver.take()
    driver.say(m.StartRecording())
    asked = driver.take()
    assert len(asked) == 1
    assert "Invalid state transition" in asked[0].message.message
    assert driver.machine.samples == 800


def test_an_odd_chunk_ends_the_audio_but_not_the_recording(driver):
    driver.record()
    driver.wait(5, pcm=SECOND)
    driver.take()
    driver.hear(bytes(1_601))
    driver.hear(CHUNK)
    sent = driver.sent()
    assert len(sent) == 1
    assert isinstance(sent[0], m.AudioFormatError)
    assert "multiple of 2" in sent[0].message
    assert driver.machine.samples == 5 * SAMPLE_RATE
    driver.machine.audio_kept(5 * SAMPLE_RATE)
    driver.stop()
    requests = [effect for effect in driver.take() if isinstance(effect, fx.RequestEvaluation)]
    assert requests[0].samples == 5 * SAMPLE_RATE


def test_a_frame_over_64_kib_is_refused_like_an_odd_one(driver):
    driver.record()
    driver.take()
    driver.hear(bytes(64 * 1024 + 2))
    assert "multiple of 2" in driver.sent()[0].message


@pytest.mark.parametrize("size", [0, 2, 1_598, 1_600, 1_602, 64 * 1024])
def test_any_even_length_up_to_64_kib_is_audio(driver, size):
    driver.record()
    driver.take()
    driver.hear(bytes(size))
    assert not [s for s in driver.sent() if isinstance(s, m.AudioFormatError | m.ErrorMessage)]
    assert driver.machine.samples == size // 2


def test_a_new_recording_takes_audio_again_after_a_bad_frame(driver):
    driver.record()
    driver.hear(b"odd")
    driver.say(m.PanicMute())
    driver.record()
    driver.take()
    driver.hear(CHUNK)
    assert fx.Capture(0, CHUNK) in driver.take()


def test_audio_may_run_ahead_by_the_lead_and_not_a_sample_more(driver):
    driver.record()
    for _ in range(10):
        driver.hear(SECOND)
    driver.take()
    driver.hear(bytes(2))
    refusal = driver.sent()[0]
    assert isinstance(refusal, m.AudioFormatError)
    assert "arrival rate" in refusal.message
    driver.wait(5)
    driver.hear(CHUNK)
    assert driver.machine.samples == 10 * SAMPLE_RATE


def test_the_lead_grows_with_the_clock(driver):
    driver.record()
    driver.hear(SECOND)
    driver.wait(50)
    for _ in range(59):
        driver.hear(SECOND)
    assert driver.machine.samples == 60 * SAMPLE_RATE


def test_audio_outside_a_recording_is_one_error_an_episode(driver):
    for _ in range(5):
        driver.hear(CHUNK)
    refusals = errors(driver.sent())
    assert len(refusals) == 1
    assert 'not "recording"' in refusals[0]
    driver.record()
    driver.stop()
    driver.take()
    for _ in range(5):
        driver.hear(CHUNK)
    assert len(errors(driver.sent())) == 1


def test_audio_while_delivering_is_dropped(driver):
    driver.delivered()
    driver.take()
    driver.hear(CHUNK)
    driver.hear(CHUNK)
    asked = driver.take()
    assert not [effect for effect in asked if isinstance(effect, fx.Capture)]
    assert len(asked) <= 1


def test_irregular_arrival_is_counted_and_logged_now_and_then(driver):
    driver.record()
    driver.take()
    for _ in range(50):
        driver.now += 0.25
        driver.hear(CHUNK)
    warnings = [effect.count for effect in driver.take() if isinstance(effect, fx.Warn)]
    assert len(warnings) == 2
    assert sum(warnings) >= 40


def test_the_longest_speech_stops_on_the_path_of_a_stop(driver):
    driver.record()
    driver.take()
    driver.wait(1_499, pcm=SECOND)
    assert driver.machine.state is m.SessionState.RECORDING
    driver.take()
    driver.now += 1
    driver.hear(SECOND + SECOND)
    asked = driver.take()
    last = [effect for effect in asked if isinstance(effect, fx.Capture)][-1]
    assert last.start + len(last.pcm) // 2 == 1_500 * SAMPLE_RATE
    messages = [effect.message for effect in asked if isinstance(effect, fx.Send)]
    assert "25 minutes" in errors(messages)[0]
    assert states(messages) == ["processing"]
    assert fx.FinishCapture(1) in asked
    driver.machine.capture_finished(1)
    (request,) = [e for e in driver.take() if isinstance(e, fx.RequestEvaluation)]
    assert request.samples == 1_500 * SAMPLE_RATE


def test_a_silent_start_ends_after_15_seconds(driver):
    driver.record()
    driver.take()
    driver.wait(14)
    assert driver.machine.state is m.SessionState.RECORDING
    driver.wait(1)
    sent = driver.sent()
    assert states(sent) == ["idle"]
    assert len(errors(sent)) == 1


def test_a_gap_of_a_minute_stops_the_recording(driver):
    driver.record()
    driver.hear(CHUNK)
    driver.wait(59)
    assert driver.machine.state is m.SessionState.RECORDING
    driver.take()
    driver.wait(1)
    sent = driver.sent()
    assert states(sent) == ["processing"]
    assert len(errors(sent)) == 1


def test_elapsed_time_and_acknowledgement_come_once_a_second(driver):
    driver.record()
    driver.take()
    for _ in range(20):
        driver.now += 0.25
        driver.hear(bytes(8_000))
        driver.machine.audio_kept(driver.machine.samples)
        driver.machine.tick(driver.now)
    sent = driver.sent()
    elapsed = [message.seconds for message in sent if isinstance(message, m.ElapsedTime)]
    acks = [message.received_samples for message in sent if isinstance(message, m.AudioAck)]
    assert elapsed == [1, 2, 3, 4, 5]
    assert acks == [16_000 * second for second in elapsed]


def test_an_acknowledgement_names_only_what_the_vault_keeps(driver):
    driver.record()
    driver.hear(SECOND)
    driver.machine.audio_kept(800)
    driver.take()
    driver.wait(1)
    assert m.AudioAck(received_samples=800) in driver.sent()


def test_captions_are_spliced_and_go_on_until_the_last_utterance(driver):
    driver.record()
    driver.take()
    guess = SEGMENT.model_copy(update={"is_final": False})
    for event in (Hypothesis(guess), Hypothesis(guess), Utterance(SEGMENT), Heard(16_000)):
        driver.machine.receive_speech(event)
    assert [
        (message.replace_from_index, message.segments) for message in driver.sent()
    ] == [(0, (guess,)), (0, (SEGMENT,))]  # fmt: skip
    driver.say(m.StopRecording())
    driver.machine.receive_speech(Utterance(SEGMENT))
    assert driver.sent()[-1].replace_from_index == 1


def test_a_lost_live_engine_is_told_and_its_guess_withdrawn(driver):
    driver.record()
    driver.machine.receive_speech(Hypothesis(SEGMENT))
    driver.take()
    driver.machine.receive_speech(StreamStatus("failed"))
    assert driver.sent() == [
        m.TranscriptionStatus(status="failed"),
        m.TranscriptUpdate(segments=(), replace_from_index=0),
    ]


def test_captions_after_a_panic_are_nobodys(driver):
    driver.record()
    driver.say(m.PanicMute())
    driver.take()
    driver.machine.receive_speech(Utterance(SEGMENT))
    assert not driver.take()


def test_the_tenth_malformed_frame_in_ten_seconds_hangs_up(driver):
    for _ in range(9):
        driver.machine.receive_malformed("no", driver.now)
        driver.now += 1
    assert fx.HangUp(CloseCode.POLICY) not in driver.take()
    driver.machine.receive_malformed("no", driver.now)
    assert driver.take()[-1] == fx.HangUp(CloseCode.POLICY)


def test_malformed_frames_spread_over_time_are_only_refused(driver):
    for _ in range(40):
        driver.machine.receive_malformed("no", driver.now)
        driver.now += 1.2
    asked = driver.take()
    assert len(asked) == 40
    assert all(isinstance(effect, fx.Send) for effect in asked)


def captured_and_told(pcm: bytes, sizes: list[int]) -> tuple[bytes, list[str]]:
    driver = Driver(max_lead_seconds=100.0)
    driver.record()
    driver.take()
    at = 0
    for size in sizes:
        driver.hear(pcm[at : at + size])
        at += size
    asked = driver.take()
    captures = [effect for effect in asked if isinstance(effect, fx.Capture)]
    starts = [capture.start * 2 for capture in captures]
    lengths = [len(capture.pcm) for capture in captures]
    assert starts == [sum(lengths[:index]) for index in range(len(lengths))]
    told = [
        json.dumps(effect.message.model_dump(mode="json"))
        for effect in asked
        if isinstance(effect, fx.Send)
    ]
    return b"".join(capture.pcm for capture in captures), told


def test_the_same_samples_in_any_cutting_give_the_same_events():
    pcm = alternating([("speech", 8), ("silence", 6.3), ("speech", 2), ("silence", 6)])
    whole = captured_and_told(pcm, [len(chunk) for chunk in cut(pcm)])
    assert whole[0] == pcm
    assert any("vad_speech_end" in line for line in whole[1])
    rng = np.random.default_rng(7)
    for _ in range(4):
        sizes = [int(size) * 2 for size in rng.integers(1, 30_000, size=400)]
        assert captured_and_told(pcm, sizes) == whole


def test_set_up_is_locked_while_recording(driver):
    driver.record()
    driver.hear(burst(1).tobytes())
    driver.take()
    driver.say(
        m.SetProjectContext(speech_title="T", project_type="P", objectives=[]),
        m.SetVadConfig(silence_threshold_seconds=4, enabled=False),
        m.SetConsent(speaker_name="Ada", consent_confirmed=False),
        FORMAT,
    )
    refusals = errors(driver.sent())
    assert len(refusals) == 4
    assert "idle" in refusals[0]
    assert "idle" in refusals[1]
    assert "Cannot modify consent" in refusals[2]


# What is told once it is stored


def test_what_was_agreed_is_told_when_it_is_stored():
    driver = Driver(consent=None)
    driver.say(m.SetConsent(speaker_name="Ada", consent_confirmed=True), m.SetTimeLimit(seconds=60))
    consent = driver.machine.setup.consent
    assert consent is not None
    estimate = m.DurationEstimate(estimated_seconds=60, time_limit_seconds=60)
    assert driver.take() == [
        fx.RecordConsent(consent, m.ConsentStatus(consent=consent)),
        fx.SaveSetup(driver.machine.setup, estimate),
    ]


def test_the_same_consent_again_is_confirmed_and_not_recorded_again(driver):
    driver.say(m.SetConsent(speaker_name="Ada", consent_confirmed=True))
    assert driver.take() == [fx.ConfirmConsent(CONSENT, m.ConsentStatus(consent=CONSENT))]


def test_a_consent_that_was_not_recorded_stops_what_was_begun_on_it(driver):
    driver.record()
    driver.hear()
    driver.machine.consent_failed(CONSENT)
    assert states(driver.sent())[-1] == "idle"
    driver.say(m.ProcessCaptured())
    assert "consent has not been confirmed" in errors(driver.sent())[0]


def test_a_later_consent_does_not_fall_with_an_earlier_one(driver):
    driver.say(m.SetConsent(speaker_name="Eve", consent_confirmed=True))
    driver.machine.consent_failed(CONSENT)
    assert driver.machine.setup.consented
