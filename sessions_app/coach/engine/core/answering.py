"""When an answer is due, and what becomes of one that is interrupted."""

from collections.abc import Callable
from typing import Final

from evaluations.core.shapes import Word
from sessions_app.coach.engine.core.answers import (
    Interrupted,
    said_in,
    sent_ms,
    text_of,
    within,
)
from sessions_app.coach.engine.core.coaching import brain, phrases
from sessions_app.coach.engine.core.coaching.state import CoachState, Reply, Request, Said
from sessions_app.coach.engine.core.effects import Effect, Send, Think
from sessions_app.coach.engine.core.hearing import Hearing, Spoken
from sessions_app.coach.engine.core.replying import Active, Replying, Span, heard_text
from sessions_app.coach.protocol import server
from sessions_app.coach.protocol.client import ResponseParams
from sessions_app.coach.protocol.errors import ClientError
from sessions_app.coach.protocol.items import Conversation, Item
from sessions_app.coach.protocol.server import Response, Usage, Why
from sessions_app.coach.protocol.session import RATE, ServerVad, Session

MUMBLE_SAMPLES: Final = RATE
"""Sound of this length without a word in it is asked about; less is a cough."""
SURE_WORDS: Final = 2
"""So many rough words are somebody speaking, to whom "all right" can be said at once."""
LONGEST_WAIT: Final = 3.0
"""Seconds that an answer that was asked for waits for somebody to finish their sentence."""


class Answering:
    """Turns become answers here.

    What is said while an answer is not yet audible joins what was said before. An answer that a
    cough cut off is taken up again, from the sentence that was not heard to its end.

    Args:
        patience: seconds of silence, beyond the turn's own, that end a take.
    """

    def __init__(
        self,
        emit: Callable[[Effect], None],
        new_id: Callable[[str], str],
        conversation: Conversation,
        hearing: Hearing,
        replying: Replying,
        state: CoachState,
        patience: float,
    ) -> None:
        self._emit = emit
        self._new_id = new_id
        self._conversation = conversation
        self._hearing = hearing
        self._replying = replying
        self._patience = patience
        self.conversation_id = new_id("conv")
        self.state = state
        self.session: Session
        self._pending: list[Spoken] = []
        self._unanswered: list[Said] = []
        self._owed = False
        self._unclear = False
        self._idle = False
        self._due = 0.0
        self._cut: Interrupted | None = None
        self._resume = False
        self._spans: dict[str, tuple[Span, ...]] = {}
        self._idle_at: float | None = None
        self._patient_until = 0.0
        # Of the response under way:
        self._request = Request()
        self._reply: Reply | None = None
        self._committed = True
        self._opener = ""
        self._asked = False
        self._out_of_band = False
        self._thoughts = 0

    # What happens to it

    def speech_started(self) -> None:
        """Somebody speaks: an answer under way is cut off where the session says so."""
        self._idle_at = None
        detection = self.session.audio.input.turn_detection
        if detection is not None and detection.interrupt_response and not self._out_of_band:
            self.cancel("turn_detected")

    def committed(self, turn: Spoken) -> None:
        """A turn is complete but for its words."""
        self._pending.append(turn)

    def rough_words(self, number: int, words: tuple[Word, ...]) -> None:
        """What the words of a turn are taken for so far."""
        for turn in (*self._pending, self._hearing.turn):
            if turn is not None and turn.number == number:
                turn.rough = words

    def words(self, number: int, words: tuple[Word, ...], *, failed: bool) -> Spoken | None:
        """The words of a turn, for good; return the turn, unless it is forgotten."""
        turn = next((one for one in self._pending if one.number == number), None)
        if turn is None:
            return None
        self._pending.remove(turn)
        turn.words = words
        if words:
            said = Said(text_of(words), words, turn.seconds, in_take=turn.in_take)
            self.heard(said, owed=turn.wants_answer)
            held = brain.holds(self.state, self._to_answer(asked=False))
            self._due = turn.stopped_at + (self._patience if held else 0.0)
        elif turn.wants_answer and (failed or turn.voiced >= MUMBLE_SAMPLES):
            self._owed = self._unclear = True
        elif self._cut is not None and not self._owed:
            self._resume = True
        return turn

    def heard(self, said: Said, *, owed: bool) -> None:
        """Somebody said or typed something."""
        self._unanswered.append(said)
        self._owed = self._owed or owed

    def take_began(self) -> None:
        """The coach is to be silent from here on: what was said before is no part of the take."""
        self._owed = self._unclear = self._resume = False
        self._unanswered.clear()
        self._cut = None

    def recalled(self, text: str) -> None:
        """An answer that was given in an earlier conversation, to what was said before it."""
        self.state = brain.recall(self.state, tuple(self._unanswered), text)
        self._unanswered.clear()

    def requested(self, params: ResponseParams, now: float) -> None:
        """The client asks for an answer now.

        Raises:
            ClientError: one is being given already.
        """
        if self._replying.active is not None:
            raise ClientError(
                "conversation_already_has_active_response",
                "Conversation already has an active response in progress: "
                f"{self._replying.active.response.id}. Wait until the response is finished before "
                "creating a new one.",
            )
        own = None if params.input is None else said_in(params.input)
        self._patient_until = now + LONGEST_WAIT
        self._begin(params)
        if own is not None:
            self._think(Request(turns=own, asked=True))

    def cancel(self, why: Why) -> Active | None:
        """Cut off the answer under way; return what it was, None where there is none."""
        active = self._replying.end("cancelled", why)
        if active is None:
            return None
        self._remember(active)
        if self._committed:
            self._cut = Interrupted(
                active.item.id, tuple(active.spans), tuple(active.waiting), sent_ms(active)
            )
        else:
            self._owed = why == "turn_detected"
        self._over()
        return active

    def thought(self, number: int, reply: Reply | None, now: float) -> None:
        """What to say, as it was thought out; None where that failed."""
        active = self._replying.active
        if active is None or number != self._thoughts or not active.thinking:
            return
        if reply is None:
            self.failed("The coach could not find an answer.")
            return
        self._reply = reply
        sentences, active.cut = within(reply.sentences, self._most_words(active))
        speed = self.session.audio.output.speed * reply.state.speed
        self._replying.say(sentences, min(1.5, max(0.25, speed)), last=True, now=now)

    def failed(self, sentence: str) -> None:
        """The answer under way cannot be given."""
        active = self._replying.end("failed", failure=sentence)
        if active is not None:
            self._remember(active)
            self._commit()
            self._over()

    def truncated(self, item_id: str, ms: int) -> str:
        """What of an item's words was heard when ``ms`` of its sound were."""
        if self._cut is not None and self._cut.item_id == item_id:
            self._cut.heard_ms = ms
        return heard_text(self._spans.get(item_id, ()), ms)

    def deleted(self, item_id: str) -> None:
        """An item was never heard."""
        self._spans.pop(item_id, None)
        if self._cut is not None and self._cut.item_id == item_id:
            self._cut.heard_ms = -1.0

    # What follows

    def advance(self, now: float) -> None:
        """Do what is due."""
        self._replying.flush(now)
        active = self._replying.active
        if active is not None:
            if len(active.told) > bool(self._opener):
                self._commit()
            if self._replying.finished:
                self._complete(active, now)
            elif active.thinking and not self._asked and self._words_are_in(now):
                self._think(self._next_request())
            return
        if self._speaking or self._pending:
            self._open_early(now)
        elif self._owed:
            if now >= self._due:
                self._begin(ResponseParams())
                self._think(self._next_request())
        elif self._resume:
            self._resume = False
            self._take_up_again(now)
        elif self._idle_at is not None and now >= self._idle_at:
            self._prompt(now)

    @property
    def wakes_at(self) -> float | None:
        """When ``advance`` is to be called, if nothing happens before."""
        active = self._replying.active
        if active is not None:
            if active.thinking and not self._asked:
                return None if self._pending or not self._speaking else self._patient_until
            return self._replying.flushes_at
        if (early := self._early_opener()) is not None:
            return early[0]
        if self._owed and not self._pending and not self._speaking:
            return self._due
        return self._idle_at

    @property
    def _speaking(self) -> bool:
        return self._hearing.turn is not None

    def _words_are_in(self, now: float) -> bool:
        return not self._pending and (not self._speaking or now >= self._patient_until)

    def _early_opener(self) -> tuple[float, str] | None:
        """When, and with which words, to begin while the rest is still being worked out.

        None where it is not clear that somebody spoke who wants an answer.
        """
        turn = self._pending[-1] if self._pending else None
        if turn is None or self._speaking or not turn.wants_answer:
            return None
        if len(turn.rough) < SURE_WORDS or self.session.output_modalities != ("audio",):
            return None
        guess = Said(text_of(turn.rough), turn.rough)
        if brain.holds(self.state, (*self._to_answer(asked=False), guess)):
            return turn.stopped_at + self._patience, phrases.THANKS
        return turn.stopped_at, brain.opener(self.state)

    def _open_early(self, now: float) -> None:
        early = self._early_opener()
        if early is None or now < early[0]:
            return
        self._patient_until = now
        self._owed = True
        self._begin(ResponseParams())
        self._opener = early[1]
        speed = self.session.audio.output.speed * self.state.speed
        self._replying.say((self._opener,), speed, last=False, now=now)

    def _begin(self, params: ResponseParams) -> None:
        spoken = (params.output_modalities or self.session.output_modalities) == ("audio",)
        output = (params.audio or {}).get("output") or {}
        voice = output.get("voice") if isinstance(output, dict) else None
        self._out_of_band = params.conversation == "none"
        self._committed = self._asked = False
        self._reply, self._opener = None, ""
        self._idle_at = None
        response = Response(
            id=self._new_id("resp"),
            item_id=self._new_id("item"),
            conversation_id=None if self._out_of_band else self.conversation_id,
            spoken=spoken,
            voice=voice or self.session.audio.output.voice,
            max_output_tokens=params.max_output_tokens or self.session.max_output_tokens,
            metadata=params.metadata,
        )
        text = sum(len(item.text) for item in self._conversation.items)
        seconds = sum(said.seconds for said in self._unanswered)
        self._replying.begin(response, Usage(text_in=text // 4, audio_in=round(seconds * 10)))

    def _to_answer(self, *, asked: bool) -> tuple[Said, ...]:
        """What is to be answered: a take only where it is asked for, and nothing came after it."""
        talk = tuple(said for said in self._unanswered if not said.in_take)
        return talk if talk or not asked else tuple(self._unanswered)

    def _next_request(self) -> Request:
        unheard = self._cut.unheard if self._cut is not None else ()
        asked = not self._owed
        turns = self._to_answer(asked=asked)
        return Request(
            turns=turns,
            asked=asked,
            unclear=self._unclear and not turns,
            idle=self._idle,
            unheard=unheard,
            opened=self._opener,
        )

    def _think(self, request: Request) -> None:
        self._asked = True
        self._request = request
        self._thoughts += 1
        self._emit(Think(self._thoughts, self.state, request))

    def _take_up_again(self, now: float) -> None:
        unheard = self._cut.unheard if self._cut is not None else ()
        self._cut = None
        if not unheard:
            return
        self._begin(ResponseParams())
        self._asked = True
        self._reply = Reply(unheard, self.state)
        speed = self.session.audio.output.speed * self.state.speed
        self._replying.say(unheard, speed, last=True, now=now)

    def _prompt(self, now: float) -> None:
        """Nobody has spoken for as long as the session says: the coach does."""
        self._idle_at = None
        item = Item(self._new_id("item"), "user", "input_audio")
        ms = self._hearing.ms
        self._send(server.timeout_triggered(item.id, ms, ms))
        previous = self._conversation.add(item)
        self._send(server.committed(item.id, previous))
        self._send(server.item_added(item, previous))
        self._send(server.item_done(item, previous))
        self._idle = self._owed = True
        self._due = now
        self.advance(now)

    def _commit(self) -> None:
        """The answer can be heard: it is given, and what it answers is answered."""
        if self._committed or self._reply is None:
            return
        self._committed = True
        if not self._out_of_band:
            self.state = self._reply.state
            answered = self._request.turns
            self._unanswered = [said for said in self._unanswered if said not in answered]
            self._owed = self._owed and any(not said.in_take for said in self._unanswered)
            self._unclear = self._idle = False
            self._cut = None

    def _complete(self, active: Active, now: float) -> None:
        self._commit()
        if active.cut:
            self._replying.end("incomplete", "max_output_tokens")
        else:
            self._replying.end("completed")
        self._remember(active)
        self._over()
        detection = self.session.audio.input.turn_detection
        timeout = detection.idle_timeout_ms if isinstance(detection, ServerVad) else None
        if timeout is not None:
            began = now if active.began_at is None else active.began_at
            self._idle_at = max(now, began + sent_ms(active) / 1000) + timeout / 1000
        self.advance(now)

    def _over(self) -> None:
        self._committed, self._reply, self._opener = True, None, ""
        self._asked = self._out_of_band = False
        self._thoughts += 1

    def _remember(self, active: Active) -> None:
        if active.response.spoken and active.response.conversation_id is not None:
            self._spans[active.item.id] = tuple(active.spans)

    def _most_words(self, active: Active) -> int | None:
        most = active.response.max_output_tokens
        return most * 3 // 4 if isinstance(most, int) else None

    def _send(self, event: server.Fields) -> None:
        self._emit(Send(event))
