"""Sixty virtual minutes: other connections in time, no gap, all that was said, and flat memory."""

import tracemalloc

import pytest

from sessions_app.coach.core import effects as fx
from sessions_app.coach.core.faults import Fault
from tests.sessions_app.coach.conversing import FRAME, FRAME_MS, VENDOR, Conversation

TURN_SECONDS = 30
MINUTES = 60
CAP_MINUTES = 60


class Hour(Conversation):
    """Notes when the upstreams hear something, and forgets the rest."""

    def __init__(self) -> None:
        self.heard_at: list[float] = []
        self.longest_gap = 0.0
        self.connections: list[int] = []
        self.replayed: dict[int, list[str]] = {}
        super().__init__()

    def _carry_out(self, effect: fx.Effect) -> None:
        match effect:
            case fx.Ask(event={"type": "input_audio_buffer.append"}):
                if self.heard_at:
                    self.longest_gap = max(self.longest_gap, self.now - self.heard_at[-1])
                self.heard_at[:] = [self.now]
            case fx.Ask(number=number, event={"type": "conversation.item.create", "item": item}):
                self.replayed.setdefault(number, []).append(item["content"][0]["text"])
            case _:
                if isinstance(effect, fx.Connect):
                    self.connections.append(effect.number)
                super()._carry_out(effect)

    def turn(self, number: int) -> None:
        """Half a minute: they speak, the coach answers for eight seconds, they listen."""
        began = self.now
        for step in range(round(TURN_SECONDS * 1000 / FRAME_MS)):
            self.send("input_audio_buffer.append", audio=FRAME)
            if step == 250:
                self.user_says(f"u{number}", f"sentence {number} of the speaker")
                response = f"resp_{number}"
                self.coach_begins(response, f"item_a{number}")
            elif 260 <= step < 276:
                self.coach_goes_on(f"resp_{number}", f"item_a{number}", f"w{step} ", 500)
            elif step == 276:
                self.coach_ends(f"resp_{number}")
                self.send("coach.ack")
            self.now += FRAME_MS / 1000
            if step % 5 == 0:
                self.session.tick(self.now)
            self.settle()
        self.told.clear()
        self.shell.clear()
        for upstream in self.upstreams.values():
            upstream.asked.clear()
        assert self.now - began == pytest.approx(TURN_SECONDS)


def test_sixty_minutes():
    hour = Hour()
    sizes = []
    tracemalloc.start()
    try:
        for number in range(MINUTES * 60 // TURN_SECONDS):
            hour.turn(number)
            if number % 20 == 19:
                sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    # Another connection in time, twice, and never an old one beside it.
    assert len(hour.connections) == 3
    assert sum(not upstream.closed for upstream in hour.upstreams.values()) == 1
    # The upstream heard the speaker all the time.
    assert hour.longest_gap <= 1.0
    # Each was given everything that had been said until then, in order.
    for number, texts in hour.replayed.items():
        spoken = [text for text in texts if text.startswith("sentence")]
        assert spoken == [f"sentence {turn} of the speaker" for turn in range(len(spoken))]
        assert len(texts) == 2 * len(spoken)
        assert len(spoken) >= 40 * (number - 1) - 1
    assert len(hour.session.history.items) == 240
    # What grows is what was said.
    assert sizes[-1] - sizes[0] < 1_000_000
    assert hour.notes == []


def test_another_connection_is_taken_between_answers_only():
    talk = Conversation()
    talk.coach_begins("r1", "a1")
    talk.coach_goes_on("r1", "a1", "A long answer", 30_000)
    for _ in range(130):
        talk.send("coach.ack")
        talk.send("conversation.item.delete", item_id="nothing")
        talk.wait(10, step=1)
    assert len(talk.upstreams) == 2
    assert [one.closed for one in talk.upstreams.values()] == [False, False]
    talk.session.receive_upstream(1, {"type": "response.done", "response": {"id": "r1"}}, talk.now)
    talk.settle()
    talk.wait(1)
    assert [one.closed for one in talk.upstreams.values()] == [True, False]


def test_while_the_last_answer_may_still_be_heard_nothing_is_changed():
    talk = Conversation()
    talk.wait(595, step=1)
    talk.send("conversation.item.delete", item_id="nothing")
    talk.wait(599, step=1)
    talk.send("conversation.item.delete", item_id="nothing")
    talk.coach_says(1, "A long answer", 30_000)
    talk.wait(20)
    assert not talk.upstreams[1].closed
    talk.wait(11)
    assert talk.upstreams[1].closed


def test_the_vendors_own_end_is_no_error():
    talk = Conversation()
    for number in range(5):
        talk.user_says(f"u{number}", f"sentence {number}")
        talk.hear("error", error={"type": "invalid_request_error", "code": "session_expired"})
        assert talk.states[-1] == "listening"
        assert len(talk.upstream.of("conversation.item.create")) == number + 1
        talk.wait(30)
    assert "paused" not in talk.states
    assert talk.of("error") == []


def test_one_that_stands_ready_takes_the_place_of_one_that_is_lost():
    talk = Conversation(chance=lambda: 1.0)
    talk.user_says("u1", "Hello")
    talk.coach_begins("r1", "a1")
    for _ in range(125):
        talk.send("conversation.item.delete", item_id="nothing")
        talk.wait(10, step=1)
    assert len(talk.upstreams) == 2
    talk.upstreams[1].closed = True
    talk.session.lost(1, Fault.RETRYABLE, "1006", talk.now)
    talk.settle()
    assert "Hello" in str(talk.upstreams[2].of("conversation.item.create"))
    assert talk.states[-1] in {"listening", "thinking"}
    assert VENDOR.rotate_seconds == 1_200


def test_one_that_cannot_be_made_ready_is_tried_again_and_nobody_notices():
    talk = Conversation()
    talk.answers = False
    for _ in range(130):
        talk.send("conversation.item.delete", item_id="nothing")
        talk.wait(10, step=1)
    assert not talk.upstreams[1].closed
    assert len(talk.upstreams) > 3
    assert talk.states[-1] == "listening"
    assert "paused" not in talk.states
