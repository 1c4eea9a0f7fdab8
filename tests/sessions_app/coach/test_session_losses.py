"""A conversation whose upstream is lost goes on as if it had not been."""

from sessions_app.coach.core.faults import Fault
from tests.sessions_app.coach.conversing import Conversation


class TestLosses:
    def test_what_was_said_is_replayed_and_not_shown_again(self):
        talk = Conversation(chance=lambda: 0.0)
        talk.user_says("u1", "Hello coach")
        talk.coach_says(1, "Hello Maya")
        shown = len(talk.of("conversation.item.added"))
        talk.lose()
        items = [event["item"] for event in talk.upstream.of("conversation.item.create")]
        assert [item["id"] for item in items] == ["u1", "item_a1"]
        assert [item["content"][0]["text"] for item in items] == ["Hello coach", "Hello Maya"]
        for item in items:
            talk.hear("conversation.item.added", item=item, previous_item_id=None)
        assert len(talk.of("conversation.item.added")) == shown
        assert len(talk.of("session.created")) == 1

    def test_an_answer_that_was_cut_off_ends_and_an_unheard_one_is_asked_for_again(self):
        talk = Conversation(chance=lambda: 0.0)
        talk.coach_begins("r1", "a1")
        talk.lose()
        assert talk.of("response.done")[-1]["response"]["status"] == "failed"
        assert len(talk.upstream.of("response.create")) == 1

    def test_one_that_was_being_heard_is_kept_and_not_repeated(self):
        talk = Conversation(chance=lambda: 0.0)
        talk.coach_begins("r1", "a1")
        talk.coach_goes_on("r1", "a1", "Half a sentence", 1_000)
        talk.lose()
        assert talk.upstream.of("response.create") == []
        [said] = talk.session.history.items
        assert said.text == "Half a sentence"

    def test_of_an_older_connection_an_item_is_replaced_not_truncated(self):
        talk = Conversation(chance=lambda: 0.0)
        talk.coach_says(1, "one two three four", 4_000)
        talk.lose(Fault.ROTATE, "session_expired")
        talk.send("conversation.item.truncate", item_id="item_a1", audio_end_ms=2_000)
        assert talk.upstream.of("conversation.item.truncate") == []
        delete, create = talk.upstream.asked[-2:]
        assert delete["type"] == "conversation.item.delete"
        assert create["item"]["content"][0]["text"] == "one two"
        assert talk.of("conversation.item.truncated")[-1]["audio_end_ms"] == 2_000
        talk.hear("conversation.item.deleted", item_id="item_a1")
        assert talk.of("conversation.item.deleted") == []

    def test_what_is_typed_meanwhile_is_asked_afterwards(self):
        talk = Conversation(chance=lambda: 1.0)
        talk.lose()
        content = [{"type": "input_text", "text": "Are you there?"}]
        item = {"type": "message", "role": "user", "content": content}
        talk.send("conversation.item.create", item=item)
        talk.send("response.create")
        talk.wait(1)
        kinds = [event["type"] for event in talk.upstream.asked]
        assert kinds == ["session.update", "conversation.item.create", "response.create"]

    def test_a_resumed_conversation_is_shown_and_replayed(self):
        talk = Conversation()
        talk.user_says("u1", "Hello coach")
        talk.coach_says(1, "Hello Maya")
        again = Conversation(snapshot=talk.session.snapshot(), resumed=True)
        kinds = [event["type"] for event in again.told[:6]]
        assert kinds == [
            "coach.provider",
            *["conversation.item.added", "conversation.item.done"] * 2,
            "coach.state",
        ]
        assert again.of("coach.state")[0]["resumed"] is True
        assert len(again.upstream.of("conversation.item.create")) == 2
