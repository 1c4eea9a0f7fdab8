"""Who speaks while the coach does, or before it can: nothing is lost, and nothing is invented."""

import pytest

from sessions_app.coach.engine.core.effects import Hush, Say, StopListening, Think
from tests.sessions_app.coach.driven import (
    Driven,
    of,
    only,
    quiet,
    spoken,
    spoken_words,
    tone,
    typed,
    types,
)


def speaking(**options: object) -> Driven:
    """A coach in the middle of its greeting: half a second of it is sent."""
    talk = Driven(lead_ms=500, **options)  # type: ignore[arg-type]
    talk.send("response.create")
    return talk


def assistant(talk: Driven) -> str:
    """The item that the coach speaks, or spoke last."""
    return str(of(talk.events, "response.output_item.added")[-1]["item"]["id"])


class TestBargeIn:
    def test_its_events_come_in_order(self) -> None:
        talk = speaking()
        item = assistant(talk)
        events = talk.play(tone(0.2))
        assert types(events)[-8:] == [
            "input_audio_buffer.speech_started",
            "response.output_audio.done",
            "response.output_audio_transcript.done",
            "response.content_part.done",
            "response.output_item.done",
            "conversation.item.done",
            "response.done",
            "rate_limits.updated",
        ]
        done = only(events, "response.done")["response"]
        assert done["status"] == "cancelled"
        assert done["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
        assert done["output"][0]["status"] == "incomplete"
        assert Hush() in talk.effects
        (truncated,) = talk.send(
            "conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=300
        )
        assert truncated["type"] == "conversation.item.truncated"
        talk.heard = ["I want to work on my pauses"]
        events = talk.play(quiet(0.6)) + talk.wait(20)
        assert "your pauses" in spoken(events)

    def test_nothing_of_the_old_answer_comes_after_it(self) -> None:
        talk = speaking(held=(Say,))
        talk.play(tone(0.2))
        assert of(talk.release(), "response.output_audio.delta") == []

    def test_a_session_may_forbid_it(self) -> None:
        talk = speaking()
        talk.detect(interrupt_response=False)
        talk.play(tone(0.2))
        talk.wait(20)
        assert only(talk.events, "response.done")["response"]["status"] == "completed"

    def test_a_finished_answer_is_not_cancelled(self) -> None:
        talk = Driven()
        talk.send("response.create")
        events = talk.play(tone(0.2))
        assert types(events) == ["input_audio_buffer.speech_started"]

    def test_cancel(self) -> None:
        talk = speaking()
        events = talk.send("response.cancel")
        details = only(events, "response.done")["response"]["status_details"]
        assert details["reason"] == "client_cancelled"
        assert talk.wait(30) == []

    @pytest.mark.parametrize("response_id", [None, "resp_other"])
    def test_nothing_to_cancel(self, response_id: str | None) -> None:
        talk = speaking() if response_id else Driven()
        (error,) = talk.send("response.cancel", response_id=response_id)
        assert error["error"]["code"] == "response_cancel_not_active"

    def test_a_second_answer_at_once_is_refused_and_the_first_goes_on(self) -> None:
        talk = speaking()
        (error,) = talk.send("response.create")
        assert error["error"]["code"] == "conversation_already_has_active_response"
        talk.wait(30)
        assert only(talk.events, "response.done")["response"]["status"] == "completed"


class TestCoughs:
    def test_before_the_reply_it_does_not_cost_the_reply(self) -> None:
        """150 ms of noise between the end of the turn and its words."""
        talk = Driven(held=(StopListening,))
        talk.heard = ["I want to work on my pauses", ""]
        talk.play(tone(1.0) + quiet(0.55))
        events = talk.play(tone(0.15) + quiet(0.6))
        assert of(events, "response.created") == []
        assert "your pauses" in spoken(talk.release())

    def test_while_the_reply_is_thought_out(self) -> None:
        talk = Driven(held=(Think,))
        talk.heard = ["I want to work on my pauses", ""]
        talk.play(tone(1.0) + quiet(0.55))
        assert of(talk.events, "response.created")
        talk.play(tone(0.15))
        assert only(talk.events, "response.done")["response"]["status"] == "cancelled"
        talk.play(quiet(0.6))
        assert "your pauses" in spoken(talk.release())

    def test_in_the_middle_of_an_answer_it_goes_on_from_the_sentence_that_was_cut(self) -> None:
        talk = speaking()
        item = assistant(talk)
        first = of(talk.events, "response.output_audio_transcript.delta")[0]["delta"]
        talk.play(quiet(0.2) + tone(0.15))
        talk.send("conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=400)
        events = talk.play(quiet(0.6)) + talk.wait(20)
        assert "What would you like to work on" in spoken(events)
        assert first not in spoken(events)

    def test_an_answer_that_was_not_heard_at_all_is_given_again(self) -> None:
        talk = speaking()
        item = assistant(talk)
        talk.play(tone(0.15))
        assert types(talk.send("conversation.item.delete", item_id=item)) == [
            "conversation.item.deleted"
        ]
        events = talk.play(quiet(0.6)) + talk.wait(20)
        assert spoken(events).startswith("Hello.")

    def test_two_coughs(self) -> None:
        talk = speaking()
        for _ in range(2):
            talk.play(tone(0.15) + quiet(0.55))
        talk.wait(30)
        assert "What would you like to work on" in spoken(talk.events)

    def test_somebody_who_was_not_understood_is_asked(self) -> None:
        talk = Driven()
        events = talk.speak("", seconds=1.5)
        assert "say it" in spoken(events)

    def test_words_after_an_interruption_are_answered_and_not_the_cut_answer(self) -> None:
        talk = speaking()
        talk.heard = ["I want to work on my pauses"]
        events = talk.play(tone(1.0) + quiet(0.6)) + talk.wait(20)
        said = spoken(of(events, "response.output_audio_transcript.done")[1:])
        assert "your pauses" in said
        assert "What would you like" not in said


class TestTwoTurnsAreOneAnswer:
    def test_who_goes_on_before_the_answer_is_answered_once(self) -> None:
        talk = Driven(held=(StopListening,))
        talk.heard = ["I want to work on", "my pauses"]
        talk.play(tone(1.0) + quiet(0.55) + tone(1.0) + quiet(0.55))
        events = talk.release()
        assert len(of(events, "response.done")) == 1
        assert "your pauses" in spoken(events)

    def test_a_pause_in_a_take_does_not_end_it(self) -> None:
        talk = Driven(patience=1.5)
        talk.speak("I want to work on my pauses")
        text = "when I was a child my father took me to the river every single summer"
        events = talk.speak(text, after=1.2)
        assert of(events, "response.created") == []
        events = talk.speak("we did not catch many fish but we talked about the future", after=2.2)
        assert "I heard" in spoken(events)
        assert len(of(events, "response.done")) == 1

    def test_a_long_take_is_thanked_for_while_its_words_are_worked_out(self) -> None:
        talk = Driven(patience=1.5, held=(StopListening,))
        talk.speak("I want to work on my pauses")
        talk.release()
        talk.heard = ["when I was a child my father took me to the river every single summer " * 2]
        talk.play(tone(1.0))
        rough = spoken_words("when I was a child")
        talk.session.receive_rough_words(2, rough, talk.now)
        events = talk.play(quiet(1.9))
        assert of(events, "response.created") == []
        events = talk.play(quiet(0.3)) + talk.wait(5)
        assert [
            event["delta"] for event in of(events, "response.output_audio_transcript.delta")
        ] == ["Thank you."]
        assert spoken(talk.release()).startswith("Thank you. I heard")

    def test_a_request_is_answered_without_that_patience(self) -> None:
        talk = Driven(patience=30)
        talk.speak("I want to work on my pauses")
        assert "Once more" in spoken(talk.speak("please repeat that"))


class TestTakes:
    TAKE = "when I was a child my father took me to the river every summer and we talked a lot"

    def silent(self, talk: Driven) -> None:
        talk.detect(create_response=False, interrupt_response=False)

    def test_what_was_said_before_is_no_part_of_it(self) -> None:
        talk = Driven(held=(Think,))
        talk.speak("I want to work on my pauses")
        talk.send("response.cancel")
        self.silent(talk)
        assert talk.wait(10) == []
        talk.speak(self.TAKE)
        talk.send("response.create")
        (thought,) = [effect for effect in talk.waiting if isinstance(effect, Think)][1:]
        assert [said.text for said in thought.request.turns] == ["W" + self.TAKE[1:]]

    def test_its_last_words_are_heard_where_the_client_ends_turns_again(self) -> None:
        """Push-to-talk: the take ends while its speaker has hardly finished."""
        talk = Driven()
        self.silent(talk)
        talk.heard = [self.TAKE]
        talk.play(tone(2.0))
        assert types(talk.detect()) == [
            "input_audio_buffer.speech_stopped",
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
            "session.updated",
        ]
        assert "river" in spoken(talk.send("response.create"))

    def test_one_that_was_discarded_is_not_spoken_of(self) -> None:
        talk = Driven()
        self.silent(talk)
        talk.speak(self.TAKE)
        talk.detect(create_response=True, interrupt_response=True)
        events = talk.speak("I want to work on my pauses")
        assert "your pauses" in spoken(events)
        assert "river" not in spoken(events)


class TestTruncation:
    def cut(self, talk: Driven, ms: int) -> str:
        item = assistant(talk)
        talk.send("conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=ms)
        (got,) = talk.send("conversation.item.retrieve", item_id=item)
        return str(got["item"]["content"][0]["transcript"] or "")

    def test_what_was_not_heard_leaves_the_transcript(self) -> None:
        talk = Driven()
        talk.send("response.create")
        # Ten milliseconds a letter: the first sentence ends after 60, the second after 350.
        assert self.cut(talk, 300).startswith("Hello. I am your")
        assert not self.cut(talk, 300).endswith("coach.")
        item = talk.session.conversation[-1]
        assert item.generated_text.endswith("or something else?")

    @pytest.mark.parametrize("ms", [60, 150, 250, 349])
    def test_it_is_right_to_a_word(self, ms: int) -> None:
        talk = Driven()
        talk.send("response.create")
        full = "Hello. I am your speaking coach."
        heard = self.cut(talk, ms)
        assert full.startswith(heard)
        assert abs(len(heard.split()) - len(full[: ms // 10].split())) <= 1

    def test_nothing_heard_and_all_heard(self) -> None:
        talk = Driven()
        talk.send("response.create")
        all_ms = talk.session.conversation[-1].audio_ms
        assert self.cut(talk, all_ms).endswith("something else?")
        assert self.cut(talk, 0) == ""

    def test_more_than_there_is(self) -> None:
        talk = Driven()
        talk.send("response.create")
        item = talk.session.conversation[-1]
        (error,) = talk.send(
            "conversation.item.truncate",
            item_id=item.id,
            content_index=0,
            audio_end_ms=item.audio_ms + 1,
        )
        assert error["error"]["message"] == (
            f"Audio content of {item.audio_ms}ms is already shorter than {item.audio_ms + 1}ms"
        )

    def test_only_the_coach_is_cut(self) -> None:
        talk = Driven()
        talk.send("conversation.item.create", item={**typed("hello"), "id": "mine"})
        (error,) = talk.send(
            "conversation.item.truncate", item_id="mine", content_index=0, audio_end_ms=0
        )
        assert error["error"]["message"] == "Only model output audio messages can be truncated."

    def test_the_answer_under_way_ends_with_it(self) -> None:
        talk = speaking()
        events = talk.send(
            "conversation.item.truncate",
            item_id=assistant(talk),
            content_index=0,
            audio_end_ms=200,
        )
        assert types(events)[-3:] == [
            "response.done",
            "rate_limits.updated",
            "conversation.item.truncated",
        ]
        assert talk.wait(30) == []
