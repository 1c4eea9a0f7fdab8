"""What the engine answers, event by event: the orders that clients rely on."""

import base64

import pytest

from sessions_app.coach import Event
from tests.sessions_app.coach.driven import (
    Driven,
    appended,
    of,
    only,
    quiet,
    spoken,
    tone,
    typed,
    types,
)

TURN_BEGINS = ["input_audio_buffer.speech_started"]
TURN_ENDS = [
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "conversation.item.added",
    "conversation.item.done",
]
ANSWER_BEGINS = [
    "response.created",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
]
ANSWER_ENDS = [
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "response.output_item.done",
    "conversation.item.done",
    "response.done",
    "rate_limits.updated",
]


def told(events) -> list[str]:
    """Types but for the deltas of an answer, which come in any order."""
    return [
        kind
        for kind in types(events)
        if kind not in {"response.output_audio.delta", "response.output_audio_transcript.delta"}
    ]


class TestANormalTurn:
    def test_its_events_come_in_order(self) -> None:
        talk = Driven()
        assert types(talk.events) == ["session.created"]
        events = talk.speak("I would like to work on my pace")
        assert told(events) == [*TURN_BEGINS, *TURN_ENDS, *ANSWER_BEGINS, *ANSWER_ENDS]

    def test_its_parts_belong_together(self) -> None:
        talk = Driven()
        events = talk.speak("I would like to work on my pace")
        user = only(events, "input_audio_buffer.speech_started")["item_id"]
        assert only(events, "input_audio_buffer.committed")["item_id"] == user
        created = only(events, "response.created")["response"]
        assert created["output"] == []
        assert created["status_details"] is None
        answer = only(events, "response.output_item.added")["item"]
        assert answer["status"] == "in_progress"
        for event in events:
            if event["type"].startswith("response.") and "response_id" in event:
                assert event["response_id"] == created["id"]
            if "content_index" in event:
                assert event["item_id"] == answer["id"]
        added = of(events, "conversation.item.added")
        assert added[1]["previous_item_id"] == user
        done = only(events, "response.done")["response"]
        assert done["status"] == "completed"
        assert [item["id"] for item in done["output"]] == [answer["id"]]

    def test_deltas_add_up(self) -> None:
        talk = Driven()
        events = talk.speak("I would like to work on my pace")
        words = "".join(
            event["delta"] for event in of(events, "response.output_audio_transcript.delta")
        )
        assert words == spoken(events)
        assert "your pace" in words
        audio = [
            base64.b64decode(one["delta"]) for one in of(events, "response.output_audio.delta")
        ]
        assert all(0 < len(one) <= 4_800 for one in audio)

    def test_usage_is_always_there(self) -> None:
        usage = only(Driven().speak("My pace please"), "response.done")["response"]["usage"]
        assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"] > 0
        assert usage["output_token_details"]["audio_tokens"] > 0

    def test_times_are_on_the_clock_of_the_sound(self) -> None:
        talk = Driven()
        events = talk.play(quiet(2.0)) + talk.speak("pauses", seconds=1.5)
        assert only(events, "input_audio_buffer.speech_started")["audio_start_ms"] == pytest.approx(
            1_700, abs=40
        )
        assert only(events, "input_audio_buffer.speech_stopped")["audio_end_ms"] == pytest.approx(
            4_000, abs=40
        )

    def test_the_moment_before_speech_is_heard_too(self) -> None:
        talk = Driven()
        talk.detect(prefix_padding_ms=100)
        talk.play(quiet(2.0))
        talk.speak("pauses", seconds=1.0, after=0.6)
        (sound,) = talk.sound.values()
        assert len(sound) / 48 == pytest.approx(100 + 1_000 + 500, abs=45)
        assert sound[:4_000] == bytes(4_000)

    def test_words_are_told_where_the_session_wants_them(self) -> None:
        talk = Driven()
        talk.update(audio={"input": {"transcription": {"language": "en"}}})
        events = talk.speak("my pauses")
        completed = only(events, "conversation.item.input_audio_transcription.completed")
        assert completed["transcript"] == "My pauses"
        assert completed["usage"]["type"] == "duration"
        assert completed["usage"]["seconds"] > 1
        delta = only(events, "conversation.item.input_audio_transcription.delta")
        assert delta["delta"] == completed["transcript"]

    def test_silence_gives_nothing(self) -> None:
        assert Driven().play(quiet(10)) == []


class TestDetection:
    def test_silence_ends_a_turn_when_the_session_says_so(self) -> None:
        talk = Driven()
        talk.detect(silence_duration_ms=1_000)
        talk.heard = ["my pace"]
        assert told(talk.play(tone(1.0) + quiet(0.9))) == TURN_BEGINS
        assert told(talk.play(quiet(0.2)))[:4] == TURN_ENDS

    def test_a_higher_threshold_wants_a_louder_voice(self) -> None:
        soft = quiet(1.0) + tone(0.5, level=340) + quiet(0.6)
        assert told(Driven().play(soft))[0] == TURN_BEGINS[0]
        talk = Driven()
        talk.detect(threshold=0.9)
        assert talk.play(soft) == []

    def test_a_click_is_no_speech(self) -> None:
        assert Driven().play(quiet(1.0) + tone(0.03) + quiet(1.0)) == []

    def test_steady_noise_becomes_the_room(self) -> None:
        talk = Driven()
        talk.play(tone(20.0, level=500))
        assert talk.play(tone(5.0, level=500)) == []
        assert told(talk.play(tone(0.5, level=6_000))) == TURN_BEGINS

    def test_a_microphone_taken_away_in_the_middle_of_a_word_ends_the_turn(self) -> None:
        talk = Driven()
        talk.heard = ["my pace"]
        talk.play(tone(1.0))
        events = talk.wait(1.2)
        assert told(events)[:4] == TURN_ENDS
        assert only(events, "response.done")

    def test_semantic_detection_has_more_patience(self) -> None:
        talk = Driven()
        talk.update(
            audio={"input": {"turn_detection": {"type": "semantic_vad", "eagerness": "low"}}}
        )
        talk.heard = ["my pace"]
        assert told(talk.play(tone(1.0) + quiet(1.0))) == TURN_BEGINS
        assert told(talk.play(quiet(0.3)))[:4] == TURN_ENDS


class TestAPracticeTake:
    """Both switches off: the coach is told of speech and says nothing until it is asked."""

    def test_nothing_is_answered_until_asked(self) -> None:
        talk = Driven()
        talk.detect(create_response=False, interrupt_response=False)
        events: list[Event] = []
        for _ in range(3):
            events += talk.speak("when I was a child my father took me to the river every summer")
            events += talk.wait(5)
        assert told(events) == [*TURN_BEGINS, *TURN_ENDS] * 3
        events = talk.send("response.create")
        assert told(events) == [*ANSWER_BEGINS, *ANSWER_ENDS]
        assert "father took me to the river" in spoken(events)
        assert "words a minute" in spoken(events)

    def test_speech_does_not_interrupt(self) -> None:
        talk = Driven(lead_ms=0)
        talk.detect(create_response=False, interrupt_response=False)
        talk.send("response.create")
        talk.play(tone(0.5))
        assert of(talk.events, "response.done") == []

    def test_the_last_words_are_waited_for(self) -> None:
        """Asked in the middle of a sentence, it answers when the sentence is over."""
        talk = Driven()
        talk.detect(create_response=False, interrupt_response=False)
        talk.speak("when I was a child my father took me to the river every summer with a boat")
        talk.heard = ["and that is why I will never forget the silence of these long mornings"]
        talk.play(tone(1.0))
        assert told(talk.send("response.create")) == ANSWER_BEGINS
        events = talk.play(quiet(0.6))
        assert only(events, "response.done")
        assert "words a minute" in spoken(events)


class TestPushToTalk:
    def test_a_commit_gives_an_item_and_no_answer(self) -> None:
        talk = Driven()
        talk.detect()
        talk.heard = ["my pauses"]
        assert talk.play(tone(1.0) + quiet(2.0)) == []
        events = talk.send("input_audio_buffer.commit")
        assert types(events) == TURN_ENDS[1:]
        events = talk.send("response.create")
        assert told(events) == [*ANSWER_BEGINS, *ANSWER_ENDS]
        assert "your pauses" in spoken(events)

    @pytest.mark.parametrize("pcm", [b"", tone(0.09)])
    def test_too_little_to_commit(self, pcm: bytes) -> None:
        talk = Driven()
        talk.detect()
        if pcm:
            talk.sent(appended(pcm))
        (error,) = talk.sent({"type": "input_audio_buffer.commit", "event_id": "mine"})
        assert error["error"]["code"] == "input_audio_buffer_commit_empty"
        assert error["error"]["event_id"] == "mine"

    def test_clear_forgets_the_sound(self) -> None:
        talk = Driven()
        talk.detect()
        talk.play(tone(1.0))
        assert types(talk.send("input_audio_buffer.clear")) == ["input_audio_buffer.cleared"]
        (error,) = talk.send("input_audio_buffer.commit")
        assert error["type"] == "error"

    def test_a_commit_while_turns_are_detected_ends_the_turn(self) -> None:
        talk = Driven()
        talk.heard = ["my pace"]
        talk.play(tone(1.0))
        events = talk.send("input_audio_buffer.commit")
        assert types(events) == TURN_ENDS


class TestText:
    def test_typed_words_are_answered_when_asked(self) -> None:
        talk = Driven()
        item = typed("I want to work on my pauses")
        events = talk.send("conversation.item.create", item={**item, "id": "mine"})
        assert types(events) == ["conversation.item.added", "conversation.item.done"]
        assert events[0]["item"]["id"] == "mine"
        assert "your pauses" in spoken(talk.send("response.create"))

    def test_an_answer_in_writing(self) -> None:
        talk = Driven()
        events = talk.send("response.create", response={"output_modalities": ["text"]})
        assert types(events) == [
            *ANSWER_BEGINS,
            "response.output_text.delta",
            "response.output_text.done",
            *ANSWER_ENDS[2:],
        ]
        done = only(events, "response.done")["response"]
        assert done["output"][0]["content"][0]["type"] == "output_text"
        assert done["output"][0]["content"][0]["text"].startswith("Hello.")
        assert done["usage"]["output_token_details"]["audio_tokens"] == 0

    def test_metadata_comes_back(self) -> None:
        events = Driven().send("response.create", response={"metadata": {"client": "a1"}})
        for kind in ("response.created", "response.done"):
            assert only(events, kind)["response"]["metadata"] == {"client": "a1"}

    def test_an_answer_beside_the_conversation(self) -> None:
        talk = Driven()
        events = talk.send(
            "response.create", response={"conversation": "none", "input": [typed("help")]}
        )
        assert "I listen to a part of your speech" in spoken(events)
        assert only(events, "response.created")["response"]["conversation_id"] is None
        assert of(events, "conversation.item.added") == []
        assert talk.session.conversation == ()
        assert "Hello" in spoken(talk.send("response.create"))

    def test_at_most_so_many_tokens(self) -> None:
        talk = Driven()
        events = talk.send("response.create", response={"max_output_tokens": 12})
        done = only(events, "response.done")["response"]
        assert done["status"] == "incomplete"
        assert done["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}
        assert spoken(events) == "Hello. I am your speaking coach."


class TestIdle:
    def test_nobody_speaks_for_long(self) -> None:
        talk = Driven()
        talk.detect(idle_timeout_ms=5_000)
        talk.send("response.create")
        assert talk.wait(3) == []
        events = talk.wait(4)
        assert types(events)[:4] == [
            "input_audio_buffer.timeout_triggered",
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
        ]
        assert "Take your time" in spoken(events)

    def test_who_speaks_is_not_prompted(self) -> None:
        talk = Driven()
        talk.detect(idle_timeout_ms=5_000)
        talk.send("response.create")
        talk.play((tone(0.5) + quiet(0.2)) * 16)
        assert of(talk.events, "input_audio_buffer.timeout_triggered") == []
