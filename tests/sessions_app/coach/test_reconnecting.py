"""When a lost upstream is tried again: back-off, cool-down, budget, and the built-in net."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.coach.core.faults import Fault, LostError, of_close, of_error, of_exception
from sessions_app.coach.core.reconnecting import Reconnecting
from speechcoach.errors import ProviderError, Reason
from tests.sessions_app.coach.conversing import BUILTIN, Conversation

CHANCES = st.floats(min_value=0, max_value=1)


@given(st.lists(CHANCES, min_size=1, max_size=12))
def test_full_jitter_lies_within_its_bounds(chances):
    """Far enough apart not to count as three in a minute, the waits only grow."""
    drawn = iter(chances)
    reconnecting = Reconnecting(lambda: next(drawn))
    for attempt in range(len(chances)):
        verdict = reconnecting.lost(Fault.RETRYABLE, now=attempt * 100.0)
        assert verdict.what == "wait"
        assert 0 <= verdict.seconds <= min(30.0, 0.5 * 2**attempt)
        assert verdict.seconds == pytest.approx(min(30.0, 0.5 * 2**attempt) * chances[attempt])


def test_the_count_of_attempts_grows_while_no_handshake_is_completed():
    talk = Conversation(answers=False, spare=None, chance=lambda: 1.0)
    attempts = []
    for _ in range(6):
        talk.wait(75)
        attempts.append(max((note.attempt for note in talk.notes), default=0))
    assert attempts == sorted(attempts)
    assert len(talk.upstreams) < 20
    assert sum(not upstream.closed for upstream in talk.upstreams.values()) <= 1


class TestCoolDown:
    def test_three_server_errors_in_a_minute_pause_for_two_minutes_with_a_countdown(self):
        talk = Conversation()
        for _ in range(3):
            talk.wait(10)
            talk.hear("error", error={"type": "server_error", "code": "server_error"})
        assert talk.states[-1] == "paused"
        assert talk.of("coach.state")[-1]["retryAt"] == 120
        before = len(talk.upstreams)
        talk.wait(119)
        assert len(talk.upstreams) == before
        talk.wait(2)
        assert len(talk.upstreams) == before + 1
        assert talk.states[-1] == "listening"

    def test_three_in_more_than_a_minute_do_not(self):
        talk = Conversation()
        for _ in range(3):
            talk.hear("error", error={"type": "server_error"})
            talk.wait(31)
        assert "paused" not in talk.states

    def test_three_interruptions_in_a_minute_do_not(self):
        talk = Conversation()
        for number in range(3):
            talk.coach_begins(f"r{number}", f"a{number}")
            talk.coach_goes_on(f"r{number}", f"a{number}", "Well", 2_000)
            talk.hear("input_audio_buffer.speech_started", item_id=f"u{number}")
            talk.coach_ends(f"r{number}", "cancelled", type="cancelled", reason="turn_detected")
            talk.send("conversation.item.truncate", item_id=f"a{number}", audio_end_ms=500)
            talk.wait(5)
        assert "paused" not in talk.states
        assert talk.notes == []

    def test_failed_answers_count_and_the_code_is_noted(self):
        talk = Conversation()
        for number in range(3):
            talk.coach_begins(f"r{number}", f"a{number}")
            talk.coach_ends(f"r{number}", "failed", error={"type": "server_error", "code": "oops"})
        assert talk.states[-1] == "paused"
        assert {note.code for note in talk.notes} == {"oops"}

    def test_retry_always_works(self):
        talk = Conversation()
        for _ in range(3):
            talk.hear("error", error={"type": "server_error"})
        talk.send("coach.retry")
        assert talk.states[-1] == "listening"
        # It is a trial like the one at the end: whoever fails it is left to the built-in coach.
        talk.lose()
        assert talk.providers == ["openai", "builtin"]
        assert talk.states[-1] == "listening"

    def test_an_engine_that_has_passed_its_trial_is_trusted_again(self):
        talk = Conversation()
        for _ in range(3):
            talk.hear("error", error={"type": "server_error"})
        talk.wait(121)
        talk.wait(6)
        talk.lose()
        talk.wait(2)
        assert talk.providers == ["openai"]
        assert talk.states[-1] == "listening"


class TestGivingUp:
    def test_accepted_then_closed_three_times_is_the_built_in_coach_within_two_seconds(self):
        talk = Conversation(chance=lambda: 1.0, answers=False)
        began = talk.now
        while talk.providers[-1] == "openai":
            number = talk.upstream.number
            talk.session.connected(number)
            talk.lose(Fault.REFUSED, "1008")
            if talk.providers[-1] == "openai":
                talk.wait(0.1)
                while not any(not one.closed for one in talk.upstreams.values()):
                    talk.wait(0.1)
        vendors = [one for one in talk.upstreams.values() if one.engine.provider == "openai"]
        assert len(vendors) == 3
        assert talk.now - began <= 2.0
        assert talk.notices == ["engine_changed"]

    @pytest.mark.parametrize(
        "error",
        [
            {"type": "invalid_request_error", "code": "invalid_api_key"},
            {"type": "insufficient_quota", "code": "insufficient_quota"},
            {"type": "invalid_request_error", "code": "account_deactivated"},
        ],
    )
    def test_a_refused_account_is_not_tried_again(self, error):
        talk = Conversation()
        talk.hear("error", error=error)
        assert talk.providers == ["openai", "builtin"]
        assert "built-in coach" in talk.of("coach.provider")[-1]["reason"]
        assert talk.states[-1] == "listening"

    def test_connections_that_live_for_six_seconds_have_a_budget(self):
        talk = Conversation(chance=lambda: 0.0)
        for _ in range(100):
            if talk.providers[-1] == "builtin":
                break
            talk.wait(6)
            talk.lose(Fault.ENDED, "ended")
        vendors = [one for one in talk.upstreams.values() if one.engine.provider == "openai"]
        assert 10 <= len(vendors) <= 14
        assert talk.providers[-1] == "builtin"

    def test_graceful_closes_in_a_row_end_after_three(self):
        talk = Conversation(chance=lambda: 0.0)
        for _ in range(3):
            talk.lose(Fault.ENDED, "ended")
        assert talk.providers[-1] == "builtin"
        assert len(talk.upstreams) == 4

    def test_without_another_engine_the_browser_is_told_and_closed(self):
        talk = Conversation(primary=BUILTIN, spare=None, chance=lambda: 0.0)
        for _ in range(3):
            talk.lose(Fault.ENDED, "ended")
        assert talk.closed == 4503
        assert talk.of("coach.notice")[-1]["recoverable"] is False

    def test_the_built_in_coach_goes_on_with_what_was_said(self):
        talk = Conversation()
        talk.user_says("u1", "My goal is fewer fillers")
        talk.hear("error", error={"code": "insufficient_quota"})
        assert [turn.text for turn in talk.session.history.turns()] == ["My goal is fewer fillers"]
        resumed = Conversation(snapshot=talk.session.snapshot(), resumed=True)
        assert resumed.providers == ["builtin"]


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        ({"code": "response_cancel_not_active"}, Fault.BENIGN),
        ({"message": "Cancellation failed: no active response"}, Fault.BENIGN),
        ({"code": "input_audio_buffer_commit_empty"}, Fault.BENIGN),
        ({"message": "Audio content of 2450ms is already shorter than 2535ms"}, Fault.BENIGN),
        ({"message": "Only model output audio messages can be truncated"}, Fault.BENIGN),
        ({"code": "conversation_already_has_active_response"}, Fault.OURS),
        ({"code": "missing_required_parameter", "type": "invalid_request_error"}, Fault.BUG),
        ({"code": "unknown_parameter"}, Fault.BUG),
        ({"type": "server_error"}, Fault.RETRYABLE),
        ({"code": "session_expired"}, Fault.ROTATE),
        ({"code": "billing_hard_limit_reached"}, Fault.FATAL),
        ({}, Fault.BUG),
        ({"message": None, "code": None}, Fault.BUG),
    ],
)
def test_classes_of_errors(error, fault):
    assert of_error(error) is fault


def test_classes_of_losses():
    assert of_close(1008) is of_close(4000) is Fault.REFUSED
    assert {of_close(code) for code in (1006, 1011, 1012, 1013, 1015)} == {Fault.RETRYABLE}
    assert of_close(1001, "Your session hit the maximum duration of 60 minutes") is Fault.ROTATE
    assert of_exception(LostError(1008)) is Fault.REFUSED
    assert of_exception(ProviderError(Reason.CREDENTIALS, "")) is Fault.FATAL
    assert of_exception(ProviderError(Reason.TIMEOUT, "")) is Fault.RETRYABLE


@pytest.mark.parametrize("code", ["response_cancel_not_active", "input_audio_buffer_commit_empty"])
def test_benign_errors_are_neither_told_nor_counted(code):
    talk = Conversation()
    for _ in range(10):
        talk.hear("error", error={"type": "invalid_request_error", "code": code})
    assert talk.of("error") == []
    assert talk.notes == []
    assert talk.states[-1] == "listening"
