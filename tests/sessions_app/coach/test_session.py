"""The conversation's core: how it begins, answers, and what strangers cannot break."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sessions_app.coach.conversing import Conversation


class TestTheBeginning:
    def test_who_answers_is_told_first_and_then_how_it_stands(self):
        talk = Conversation()
        kinds = [event["type"] for event in talk.told]
        assert kinds == [
            "coach.provider",
            "coach.state",
            "session.created",
            "session.updated",
            "coach.state",
        ]
        assert talk.states == ["connecting", "listening"]

    def test_the_server_configures_the_session_in_the_form_of_today(self):
        [update] = Conversation().upstream.of("session.update")
        session = update["session"]
        assert session["type"] == "realtime"
        assert session["output_modalities"] == ["audio"]
        sound = session["audio"]
        assert sound["input"]["format"] == {"type": "audio/pcm", "rate": 24_000}
        assert sound["output"]["voice"] == "marin"
        assert sound["input"]["turn_detection"]["create_response"] is True
        # Fields of the beta are refused today.
        beta = {"modalities", "voice", "input_audio_format", "turn_detection", "temperature"}
        assert not beta & set(session)

    def test_nothing_is_configured_before_the_upstream_has_said_who_it_is(self):
        talk = Conversation(answers=False)
        talk.session.connected(1)
        talk.settle()
        assert talk.upstream.asked == []

    def test_sound_is_held_until_the_session_is_configured(self):
        talk = Conversation(answers=False)
        talk.speak(0.4)
        assert talk.upstream.of("input_audio_buffer.append") == []
        talk.accept(1)
        talk.settle()
        assert [event["type"] for event in talk.upstream.asked] == ["session.update"]
        talk.session.receive_upstream(1, {"type": "session.updated"}, talk.now)
        talk.settle()
        assert len(talk.upstream.of("input_audio_buffer.append")) == 10

    def test_of_what_is_held_the_oldest_is_dropped_and_the_gap_told(self):
        talk = Conversation(answers=False)
        talk.speak(8)
        talk.accept(1)
        talk.session.receive_upstream(1, {"type": "session.updated"}, talk.now)
        talk.settle()
        assert len(talk.upstream.of("input_audio_buffer.append")) == 75
        assert talk.notices == ["audio_gap"]
        assert "5.0 seconds" in talk.of("coach.notice")[0]["message"]

    def test_a_browser_is_not_told_the_instructions(self):
        assert "Coach them" not in json.dumps(Conversation().told)

    def test_a_session_that_cannot_be_configured_is_left_to_the_built_in_coach(self):
        talk = Conversation(answers=False)
        talk.accept(1)
        talk.settle()
        [update] = talk.upstream.of("session.update")
        error = {"code": "unknown_parameter", "event_id": update["event_id"]}
        talk.hear("error", error=error)
        assert talk.providers == ["openai", "builtin"]

    def test_a_handshake_that_is_never_completed_is_given_up(self):
        talk = Conversation(answers=False)
        talk.wait(10.1)
        assert talk.upstreams[1].closed
        assert talk.notes[0].code == "open_timeout"


class TestAnswers:
    def test_two_that_are_wanted_at_once_are_given_one_after_the_other(self):
        talk = Conversation()
        talk.send("response.create")
        talk.send("response.create")
        assert len(talk.upstream.of("response.create")) == 1
        talk.coach_says(1, "First.")
        assert len(talk.upstream.of("response.create")) == 2
        talk.coach_says(2, "Second.")
        assert len(talk.upstream.of("response.create")) == 2

    def test_one_that_met_another_under_way_is_asked_again(self):
        talk = Conversation()
        talk.send("response.create")
        [asked] = talk.upstream.of("response.create")
        code = "conversation_already_has_active_response"
        talk.hear("error", error={"code": code, "event_id": asked["event_id"]})
        assert talk.of("error") == []
        talk.coach_says(1, "The other one.")
        assert len(talk.upstream.of("response.create")) == 2

    def test_late_parts_of_a_cancelled_answer_are_not_passed_on(self):
        talk = Conversation()
        talk.coach_begins("r1", "a1")
        talk.coach_goes_on("r1", "a1", "Well", 500)
        talk.send("response.cancel")
        sounded = len(talk.of("response.output_audio.delta"))
        for _ in range(10):
            talk.coach_goes_on("r1", "a1", " more", 500)
        talk.coach_ends("r1", "cancelled")
        for _ in range(10):
            talk.coach_goes_on("r1", "a1", " more", 500)
        assert len(talk.of("response.output_audio.delta")) == sounded
        assert len(talk.of("response.done")) == 1

    def test_one_that_was_cancelled_before_it_began_is_cancelled_by_name(self):
        talk = Conversation()
        talk.send("response.create")
        talk.send("response.cancel")
        assert talk.upstream.of("response.cancel") == []
        talk.coach_begins("r1", "a1")
        [cancel] = talk.upstream.of("response.cancel")
        assert cancel["response_id"] == "r1"
        talk.coach_goes_on("r1", "a1", "Unwanted", 500)
        assert talk.of("response.output_audio.delta") == []

    def test_cancelling_nothing_does_nothing(self):
        talk = Conversation()
        talk.send("response.cancel")
        assert talk.upstream.of("response.cancel") == []
        assert talk.refusals == []

    def test_an_end_without_usage_or_anything_else_is_an_end(self):
        talk = Conversation()
        talk.coach_begins("r1", "a1")
        talk.hear("response.done", response={"id": "r1"})
        assert talk.states[-1] == "listening"

    @pytest.mark.parametrize("heard", [1, 400, 900, 1_000, 2_535, 10_000])
    def test_truncation_never_exceeds_what_was_sent(self, heard):
        talk = Conversation()
        talk.coach_begins("r1", "a1")
        talk.coach_goes_on("r1", "a1", "one two three four five six seven eight nine ten", 1_000)
        talk.send("conversation.item.truncate", item_id="a1", content_index=0, audio_end_ms=heard)
        [truncate] = talk.upstream.of("conversation.item.truncate")
        assert truncate["audio_end_ms"] == min(heard, 1_000)

    def test_an_answer_of_which_nothing_was_heard_is_deleted_not_truncated(self):
        talk = Conversation()
        talk.coach_begins("r1", "a1")
        talk.send("conversation.item.truncate", item_id="a1", content_index=0, audio_end_ms=0)
        assert talk.upstream.of("conversation.item.truncate") == []
        assert [event["item_id"] for event in talk.upstream.of("conversation.item.delete")] == [
            "a1"
        ]

    def test_what_is_kept_of_an_answer_is_what_was_heard(self):
        talk = Conversation()
        talk.coach_begins("r1", "a1")
        words = "one two three four five six seven eight nine ten"
        talk.coach_goes_on("r1", "a1", words, 1_000)
        talk.send("conversation.item.truncate", item_id="a1", content_index=0, audio_end_ms=700)
        said = talk.session.history.get("a1")
        assert said is not None
        assert 6 <= len(said.text.split()) <= 8
        assert said.generated == words

    @given(
        st.lists(
            st.tuples(st.integers(0, 3), st.integers(0, 2_000), st.integers(0, 5_000)),
            max_size=20,
        )
    )
    def test_whatever_stalls_and_cuts_there_are_truncation_is_right(self, steps):
        talk = Conversation()
        made = dict.fromkeys(range(4), 0)
        for number in made:
            talk.coach_begins(f"r{number}", f"a{number}")
        for number, milliseconds, heard in steps:
            if milliseconds:
                before = len(talk.of("response.output_audio.delta"))
                talk.coach_goes_on(f"r{number}", f"a{number}", "word ", milliseconds)
                passed = len(talk.of("response.output_audio.delta")) > before
                made[number] += milliseconds if passed else 0
            asked = len(talk.upstream.of("conversation.item.truncate"))
            talk.send("conversation.item.truncate", item_id=f"a{number}", audio_end_ms=heard)
            for event in talk.upstream.of("conversation.item.truncate")[asked:]:
                assert 0 < event["audio_end_ms"] <= made[number]
            talk.wait(0.1)


class TestStrangers:
    @given(
        st.lists(
            st.dictionaries(
                st.sampled_from(
                    ["type", "item", "item_id", "response", "response_id", "delta", "error"]
                ),
                st.one_of(
                    st.none(),
                    st.text(max_size=8),
                    st.integers(),
                    st.lists(st.integers(), max_size=2),
                    st.dictionaries(st.sampled_from(["id", "type", "role"]), st.text(max_size=5)),
                    st.sampled_from(
                        [
                            "session.created",
                            "session.updated",
                            "error",
                            "response.created",
                            "response.done",
                            "response.output_audio.delta",
                            "response.output_item.done",
                            "conversation.item.added",
                            "conversation.item.input_audio_transcription.completed",
                            "input_audio_buffer.speech_stopped",
                            "response.never_heard_of",
                        ]
                    ),
                ),
            ),
            max_size=30,
        )
    )
    def test_whatever_the_upstream_says_nothing_is_raised(self, events):
        talk = Conversation(spare=None)
        for event in events:
            talk.session.receive_upstream(1, event, talk.now)
            talk.wait(0.1)
        if talk.closed is None:
            talk.send("coach.ack")

    def test_unknown_types_kill_nothing(self):
        talk = Conversation()
        for number in range(50):
            talk.hear(f"made.up.{number}", something={"nested": [1]})
        talk.coach_says(1, "Still here.")
        assert talk.of("response.done")
        assert not [event for event in talk.told if event["type"].startswith("made")]

    @given(st.text(max_size=300))
    def test_whatever_a_browser_says_nothing_is_raised(self, text):
        talk = Conversation()
        talk.session.receive(text, talk.now)
        talk.settle()

    def test_the_names_of_the_beta_are_read_and_never_sent(self):
        talk = Conversation()
        talk.coach_begins("r1", "a1")
        sound = base64.b64encode(bytes(96)).decode()
        talk.hear("response.audio.delta", response_id="r1", item_id="a1", delta=sound)
        assert len(talk.of("response.output_audio.delta")) == 1
        assert talk.of("response.audio.delta") == []
