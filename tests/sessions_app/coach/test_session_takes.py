"""Practice takes in the conversation's core, and the tool by which a coach asks for one."""

import json
from typing import Any

import pytest

from sessions_app.coach.core import effects as fx
from sessions_app.coach.messages import TakeFigures
from tests.sessions_app.coach.conversing import BUILTIN, Conversation

CONSENT = {"speakerName": "Maya Okafor", "consentConfirmed": True}
FIGURES = TakeFigures(
    duration_seconds=60,
    total_words=120,
    words_per_minute=120,
    filler_word_count=2,
    fillers_per_minute=2,
    pause_count=3,
    longest_pause_seconds=2.5,
    hesitation_pause_count=1,
    energy_variation=0.4,
)


class TestTakes:
    def taken(self, talk: Conversation) -> str:
        talk.send("coach.take", action="start")
        talk.speak(2)
        talk.send("coach.take", action="stop")
        return str(talk.of("coach.take")[-1]["takeId"])

    def measured(self, talk: Conversation) -> str:
        take_id = self.taken(talk)
        talk.session.take_measured(take_id, FIGURES, "My speech", "The facts")
        talk.settle()
        return take_id

    def test_in_a_take_speech_is_told_and_not_answered(self):
        talk = Conversation()
        talk.send("coach.take", action="start")
        detection = talk.upstream.of("session.update")[-1]["session"]["audio"]["input"]
        assert detection["turn_detection"]["create_response"] is False
        assert detection["turn_detection"]["interrupt_response"] is False
        assert talk.states[-1] == "take"
        talk.send("response.create")
        assert talk.refusals == ["response_not_allowed"]
        talk.send("coach.take", action="stop")
        detection = talk.upstream.of("session.update")[-1]["session"]["audio"]["input"]
        assert detection["turn_detection"]["create_response"] is True

    def test_the_coach_falls_silent_for_it(self):
        talk = Conversation()
        talk.coach_begins("r1", "a1")
        talk.send("coach.take", action="start")
        assert [event["response_id"] for event in talk.upstream.of("response.cancel")] == ["r1"]
        talk.coach_goes_on("r1", "a1", "Still", 500)
        assert talk.of("response.output_audio.delta") == []

    def test_its_sound_is_recorded_and_goes_to_the_upstream_too(self):
        talk = Conversation()
        self.taken(talk)
        sound = [effect for effect in talk.shell if isinstance(effect, fx.TakeSound)]
        assert sum(len(effect.pcm) for effect in sound) == 2 * 2 * 24_000
        assert len(talk.upstream.of("input_audio_buffer.append")) == 50
        assert talk.of("coach.take")[-1]["seconds"] == 2

    def test_a_lost_upstream_costs_no_sound_of_it(self):
        talk = Conversation(chance=lambda: 1.0)
        talk.send("coach.take", action="start")
        talk.speak(1)
        talk.lose()
        talk.speak(4)
        talk.send("coach.take", action="stop")
        assert talk.of("coach.take")[-1]["seconds"] == 5
        # The new connection was told of the take as well.
        first = talk.upstream.of("session.update")[0]["session"]["audio"]["input"]
        assert first["turn_detection"]["create_response"] is False

    def test_a_gap_is_filled_with_silence_so_that_times_stay_true(self):
        talk = Conversation()
        talk.send("coach.take", action="start")
        talk.speak(1)
        talk.send("coach.gap", samples=48_000)
        talk.speak(1)
        talk.send("coach.take", action="stop")
        assert talk.of("coach.take")[-1]["seconds"] == 4

    def test_the_coach_is_given_the_figures_and_speaks_about_them(self):
        talk = Conversation()
        self.measured(talk)
        item, answer = talk.upstream.asked[-2:]
        assert item["item"]["role"] == "system"
        assert item["item"]["content"][0]["text"] == "The facts"
        assert answer["type"] == "response.create"
        assert talk.of("coach.take")[-1]["metrics"]["wordsPerMinute"] == 120
        # The page does not see what the coach is told.
        talk.hear("conversation.item.added", item=item["item"], previous_item_id=None)
        assert talk.of("conversation.item.added") == []

    def test_the_built_in_coach_has_heard_it_itself(self):
        talk = Conversation(primary=BUILTIN, spare=None)
        self.measured(talk)
        assert talk.upstream.of("conversation.item.create") == []
        assert talk.upstream.of("response.create")

    def test_it_is_kept_with_consent_only(self):
        talk = Conversation()
        take_id = self.measured(talk)
        talk.send("coach.take", action="keep", title="Rivers")
        talk.send("coach.take", action="keep", consent={**CONSENT, "consentConfirmed": False})
        assert talk.notices == ["refused", "refused"]
        talk.send("coach.take", action="keep", title="Rivers", consent=CONSENT)
        keep = next(effect for effect in talk.shell if isinstance(effect, fx.KeepTake))
        assert (keep.take_id, keep.title) == (take_id, "Rivers")
        talk.session.take_kept(take_id, "/clubs/harbour/sessions/1/")
        talk.settle()
        assert talk.of("coach.take")[-1]["speechUrl"] == "/clubs/harbour/sessions/1/"
        talk.send("coach.take", action="start")
        assert not any(isinstance(effect, fx.DropTake) for effect in talk.shell)

    def test_a_double_click_keeps_it_once(self):
        talk = Conversation()
        self.measured(talk)
        for _ in range(2):
            talk.send("coach.take", action="keep", consent=CONSENT)
        assert sum(isinstance(effect, fx.KeepTake) for effect in talk.shell) == 1

    def test_the_demo_keeps_nothing(self):
        talk = Conversation(is_demo=True)
        self.measured(talk)
        talk.send("coach.take", action="keep", consent=CONSENT)
        assert not any(isinstance(effect, fx.KeepTake) for effect in talk.shell)
        assert talk.notices == ["refused"]

    @pytest.mark.parametrize("when", ["recording", "measuring", "ready"])
    def test_what_is_discarded_is_freed_at_once(self, when):
        talk = Conversation()
        talk.send("coach.take", action="start")
        if when != "recording":
            talk.send("coach.take", action="stop")
        take_id = talk.of("coach.take")[-1]["takeId"]
        if when == "ready":
            talk.session.take_measured(take_id, FIGURES, "", "")
        talk.send("coach.take", action="discard")
        assert fx.DropTake(take_id) in talk.shell
        assert talk.of("coach.take")[-1]["state"] == "discarded"
        # What comes of it later is about nothing.
        talk.session.take_measured(take_id, FIGURES, "", "")
        talk.settle()
        assert talk.of("coach.take")[-1]["state"] == "discarded"
        assert talk.states[-1] != "take"

    def test_a_new_one_frees_one_that_nobody_kept(self):
        talk = Conversation()
        take_id = self.measured(talk)
        talk.send("coach.take", action="start")
        assert fx.DropTake(take_id) in talk.shell

    def test_it_ends_by_itself_after_twenty_five_minutes(self):
        talk = Conversation()
        talk.send("coach.take", action="start")
        for _ in range(13):
            talk.send("coach.gap", samples=120 * 24_000)
        assert talk.of("coach.take")[-1]["state"] == "measuring"
        assert talk.of("coach.take")[-1]["seconds"] == 1_500


class TestTools:
    CALL = {
        "id": "f1",
        "type": "function_call",
        "call_id": "call_1",
        "name": "practice_take",
        "arguments": "{}",
    }

    def called(self, talk: Conversation) -> None:
        talk.hear("response.created", response={"id": "r1"})
        for step in ("added", "done"):
            talk.hear(f"response.output_item.{step}", response_id="r1", item=self.CALL)

    def outputs(self, talk: Conversation) -> list[dict[str, Any]]:
        asked = [event for one in talk.upstreams.values() for event in one.asked]
        items = [event.get("item", {}) for event in asked]
        return [item for item in items if item.get("type") == "function_call_output"]

    def test_a_call_is_answered_and_the_coach_goes_on(self):
        talk = Conversation()
        self.called(talk)
        [output] = self.outputs(talk)
        assert output["call_id"] == "call_1"
        talk.coach_ends("r1")
        assert len(talk.upstream.of("response.create")) == 1
        assert "practice_take" not in json.dumps(talk.told)

    def test_after_a_loss_it_is_not_run_twice_and_its_result_is_not_lost(self):
        talk = Conversation(chance=lambda: 0.0)
        self.called(talk)
        talk.lose()
        replayed = [event["item"]["type"] for event in talk.upstream.of("conversation.item.create")]
        assert replayed == ["function_call", "function_call_output"]
        assert len({output["id"] for output in self.outputs(talk)}) == 1
        assert talk.upstream.of("response.create")

    def test_a_call_without_its_result_is_not_replayed(self):
        talk = Conversation(chance=lambda: 0.0)
        talk.hear("response.created", response={"id": "r1"})
        talk.hear("response.output_item.added", response_id="r1", item=self.CALL)
        talk.lose()
        assert talk.upstream.of("conversation.item.create") == []
