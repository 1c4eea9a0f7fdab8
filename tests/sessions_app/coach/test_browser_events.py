"""What a browser may say to the coach, and how much of it."""

import base64

import pytest

from sessions_app.coach.core.allowed import MAX_EVENT_BYTES
from tests.sessions_app.coach.conversing import FRAME, Conversation


class TestWhatABrowserMaySay:
    @pytest.mark.parametrize(
        ("kind", "fields", "code"),
        [
            ("session.update", {"session": {}}, "event_not_allowed"),
            ("conversation.item.retrieve", {"item_id": "x"}, "event_not_allowed"),
            ("output_audio_buffer.clear", {}, "event_not_allowed"),
            ("coach.unheard", {}, "event_not_allowed"),
            ("response.create", {"response": {"instructions": "Swear."}}, "unknown_parameter"),
            ("response.create", {"response": {"tools": []}}, "unknown_parameter"),
            ("input_audio_buffer.commit", {}, "commit_not_allowed"),
            ("input_audio_buffer.append", {}, "missing_required_parameter"),
            ("input_audio_buffer.append", {"audio": "AA=="}, "invalid_value"),
            ("input_audio_buffer.append", {"audio": "no base64"}, "invalid_value"),
            (
                "conversation.item.create",
                {"item": {"type": "message", "role": "system", "content": []}},
                "invalid_value",
            ),
            (
                "conversation.item.create",
                {"item": {"type": "function_call_output", "call_id": "c", "output": ""}},
                "invalid_value",
            ),
            ("conversation.item.truncate", {"item_id": "x"}, "missing_required_parameter"),
            (
                "conversation.item.truncate",
                {"item_id": "x", "audio_end_ms": -1},
                "invalid_value",
            ),
            ("coach.metrics", {"replyMs": 1e9}, "invalid_value"),
            ("coach.gap", {"samples": 0}, "invalid_value"),
        ],
    )
    def test_what_is_refused(self, kind, fields, code):
        talk = Conversation()
        before = len(talk.upstream.asked)
        named = {} if kind.startswith("coach.") else {"event_id": "mine"}
        talk.send(kind, **fields, **named)
        assert talk.refusals == [code]
        assert len(talk.upstream.asked) == before
        assert talk.of("error")[0]["error"]["event_id"] == named.get("event_id")
        assert talk.closed is None

    @pytest.mark.parametrize("text", ["", "[]", "nonsense", '{"type": 1}', "{}", "[" * 5_000])
    def test_what_is_no_event(self, text):
        talk = Conversation()
        talk.session.receive(text, talk.now)
        talk.settle()
        assert len(talk.refusals) == 1

    def test_an_event_over_the_limit_is_not_read(self):
        talk = Conversation()
        audio = base64.b64encode(bytes(MAX_EVENT_BYTES)).decode()
        talk.send("input_audio_buffer.append", audio=audio)
        assert talk.refusals == ["event_too_large"]

    def test_ten_refusals_in_ten_seconds_end_it(self):
        talk = Conversation()
        for _ in range(10):
            assert talk.closed is None
            talk.send("session.update", session={})
        assert talk.closed == 1008

    def test_ten_in_more_time_do_not(self):
        talk = Conversation()
        for _ in range(20):
            talk.send("session.update", session={})
            talk.wait(1.2)
        assert talk.closed is None

    def test_sound_may_run_ahead_of_the_clock_by_half(self):
        talk = Conversation()
        for _ in range(100):
            talk.send("input_audio_buffer.append", audio=FRAME)
        assert len(talk.upstream.of("input_audio_buffer.append")) == 75
        assert talk.notices == ["audio_rate"]
        talk.speak(60)
        assert len(talk.upstream.of("input_audio_buffer.append")) >= 75 + 1_440
        assert talk.closed is None

    def test_who_keeps_sending_too_much_is_closed(self):
        talk = Conversation()
        for _ in range(400):
            for _ in range(4):
                talk.send("input_audio_buffer.append", audio=FRAME)
            talk.wait(0.04, step=0.04)
            if talk.closed:
                break
        assert talk.closed == 4429

    def test_a_page_that_reads_nothing_is_closed(self):
        talk = Conversation()
        talk.coach_begins("r1", "a1")
        for _ in range(60):
            talk.coach_goes_on("r1", "a1", "word ", 1_000)
        assert talk.closed is None
        talk.wait(16)
        assert talk.closed == 1008

    def test_a_page_that_acknowledges_is_not(self):
        talk = Conversation()
        talk.coach_begins("r1", "a1")
        for _ in range(5):
            for _ in range(60):
                talk.coach_goes_on("r1", "a1", "word ", 1_000)
            talk.send("coach.ack")
        talk.wait(30)
        assert talk.closed is None

    def test_of_what_nobody_reads_only_so_much_is_kept(self):
        talk = Conversation()
        talk.coach_begins("r1", "a1")
        for _ in range(300):
            talk.coach_goes_on("r1", "a1", "word ", 1_000)
        assert talk.closed == 1008
        told = sum(len(event["delta"]) for event in talk.of("response.output_audio.delta"))
        assert told < 6.1 * 2**20

    def test_nothing_said_or_done_for_ten_minutes_ends_it(self):
        talk = Conversation()
        talk.speak(1)
        talk.wait(599, step=1)
        assert talk.closed is None
        talk.wait(2)
        assert talk.closed == 4408

    def test_in_push_to_talk_the_page_ends_turns(self):
        talk = Conversation()
        talk.send("coach.turns", mode="push_to_talk")
        update = talk.upstream.of("session.update")[-1]
        assert update["session"]["audio"]["input"] == {"turn_detection": None}
        talk.send("input_audio_buffer.append", audio=FRAME)
        talk.send("input_audio_buffer.commit")
        assert talk.refusals == ["input_audio_buffer_commit_empty"]
        talk.speak(0.2)
        talk.send("input_audio_buffer.commit")
        talk.send("response.create")
        kinds = [event["type"] for event in talk.upstream.asked[-2:]]
        assert kinds == ["input_audio_buffer.commit", "response.create"]
