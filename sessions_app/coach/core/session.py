"""The conversation of one person with the coach. Pure; see ``effects`` for what it asks.

Feed it with ``opened``, ``receive``, ``receive_upstream``, ``connected``, ``lost`` and ``tick``,
then carry out ``effects()`` in order. It never raises at a stranger and never reads a clock (inputs
bring ``now``, in seconds of a monotonic clock). It is made of layers, each a file: ``linked``,
``relaying``, ``taking``; here the browser comes in.
"""

from collections import deque
from typing import Final

from pydantic import BaseModel

from sessions_app.coach import CoachContext, Event, PastSpeech
from sessions_app.coach import messages as m
from sessions_app.coach.close_codes import CoachCode
from sessions_app.coach.core import allowed
from sessions_app.coach.core import effects as fx
from sessions_app.coach.core.allowed import BYTES_PER_MS, Refusal
from sessions_app.coach.core.configuring import RATE, turns_update
from sessions_app.coach.core.link import Config
from sessions_app.coach.core.rates import audio_allowance, event_allowance
from sessions_app.coach.core.relaying import NO_ACTIVITY_SECONDS
from sessions_app.coach.core.snapshot import CoachSnapshot
from sessions_app.coach.core.taking import Taking
from sessions_app.contract.close_codes import CloseCode

REFUSALS: Final = 10
REFUSAL_SECONDS: Final = 10.0
FEWEST_MS: Final = 100
"""Of a turn in push-to-talk."""
UNREAD_BYTES: Final = 3 * 1024 * 1024
UNREAD_SECONDS: Final = 15.0
SILENCE_SAMPLES: Final = RATE


class CoachSession(Taking):
    """One browser, one conversation, whatever becomes of the connections behind it."""

    def __init__(self, config: Config, snapshot: CoachSnapshot, now: float) -> None:
        super().__init__(config, snapshot, now)
        self._audio = audio_allowance()
        self._events = event_allowance()
        self._refusals: deque[float] = deque(maxlen=REFUSALS)
        self._turn_ms = 0.0
        self._active_at = now
        self._acked_at = now
        self._told_rate = float("-inf")

    def snapshot(self) -> CoachSnapshot:
        """The conversation as another connection would need it."""
        self.changed = False
        return CoachSnapshot(
            history=self.history.items, turns=self.turns, take=self.take, given_up=self.given_up
        )

    def context(
        self, speaker_name: str, club_id: int, speeches: tuple[PastSpeech, ...] = ()
    ) -> CoachContext:
        """What an upstream may know when it is connected."""
        return CoachContext(
            session_id=self.config.session_id,
            instructions=self.config.instructions,
            voice=self.engine.voice,
            language=self.config.language,
            club_id=club_id,
            speaker_name=speaker_name,
            history=self.history.turns(),
            speeches=speeches,
        )

    def opened(self, now: float, *, resumed: bool = False) -> None:
        """A browser is there: say who answers and what was said, and reach for the coach."""
        self._provider(self.given_up)
        for event in self.history.shown() if resumed else ():
            self._do(fx.Tell(event))
        self._resumed = resumed
        self._connect(now)
        if resumed:
            self._tell_take()

    def tick(self, now: float) -> None:
        """Let time pass. Call it a few times a second."""
        if self.ended:
            return
        self._tick_link(now)
        if self._thinks_since is not None and now - self._thinks_since > NO_ACTIVITY_SECONDS:
            self._thinks_since = None
            self._show()
        if self.in_take:
            self._active_at = now
        if self._unread > UNREAD_BYTES and now - self._acked_at > UNREAD_SECONDS:
            self.hang_up(CloseCode.POLICY, at_once=True)
        elif now - self._active_at >= self.config.idle_seconds:
            self.hang_up(CoachCode.IDLE)

    def limit_near(self, seconds: float) -> None:
        """Of the day's time so much is left."""
        minutes = max(1, round(seconds / 60))
        self._notice("limit_near", f"About {minutes} minutes are left for today.")

    # What the browser says

    def receive(self, text: str, now: float) -> None:
        """Act on a text frame of the browser."""
        if self.ended:
            return
        event = allowed.read(text)
        if isinstance(event, Refusal):
            self._refuse(event, now)
        elif isinstance(event, allowed.Append):
            self._append(event, now)
        elif not self._events.take(1, now):
            self._over_rate("events", now, abused=self._events.abused(now))
        else:
            self._act(event, now)

    def _act(self, event: BaseModel, now: float) -> None:
        if not isinstance(event, m.CoachAck | m.CoachMetrics | m.CoachGap):
            self._active_at = now
        match event:
            case allowed.Clear():
                self._held.clear()
                self._held_ms = self._turn_ms = 0.0
                self._ask({"type": event.type, "event_id": event.event_id})
            case allowed.Commit():
                self._commit(event, now)
            case allowed.Truncate():
                self._truncate(event)
            case allowed.Delete():
                self._delete(event.item_id, event.event_id)
            case allowed.CreateItem():
                self._create_item(event)
            case allowed.CreateResponse():
                self._create_response(event, now)
            case allowed.CancelResponse():
                self._cancel(event)
            case _:
                self._act_ours(event, now)
        self._show()

    def _act_ours(self, message: BaseModel, now: float) -> None:
        match message:
            case m.CoachTakeAction():
                self._take_action(message)
            case m.CoachTurns():
                self.turns = message.mode
                self._turn_ms = 0.0
                self._ask(turns_update(self.turns, in_take=self.in_take))
                self.changed = True
            case m.CoachMetrics():
                self._do(fx.Observe(message))
            case m.CoachGap():
                self._gap(message.samples)
            case m.CoachAck():
                self._unread = 0
                self._acked_at = now
            case m.CoachRetry():
                self.retry(now)

    def _append(self, event: allowed.Append, now: float) -> None:
        pcm = allowed.samples_of(event.audio)
        if pcm is None:
            self._refuse(
                Refusal(
                    "invalid_value",
                    "input_audio_buffer.append: `audio`: must be base64 of whole 16-bit samples.",
                    "audio",
                    event.event_id,
                ),
                now,
            )
            return
        milliseconds = len(pcm) / BYTES_PER_MS
        if not self._audio.take(len(pcm), now):
            self._over_rate("audio", now, abused=self._audio.abused(now))
            return
        self._turn_ms += milliseconds
        self._record(pcm)
        if self._live is not None:
            self._ask({"type": event.type, "audio": event.audio})
        else:
            self._hold(event.audio, milliseconds)

    def _gap(self, samples: int) -> None:
        """The times in a take stay true: silence stands where sound is missing."""
        while samples > 0 and self.in_take:
            piece = min(samples, SILENCE_SAMPLES)
            self._record(bytes(2 * piece))
            samples -= piece

    def _commit(self, event: allowed.Commit, now: float) -> None:
        if self.turns != "push_to_talk" or self.in_take:
            sentence = "The server ends turns: nothing is to be committed."
            self._refuse(Refusal("commit_not_allowed", sentence, None, event.event_id), now)
        elif self._turn_ms < FEWEST_MS:
            sentence = f"A turn must hold at least {FEWEST_MS} ms of audio."
            code = "input_audio_buffer_commit_empty"
            self._refuse(Refusal(code, sentence, None, event.event_id), now)
        else:
            self._turn_ms = 0.0
            self._ask({"type": event.type, "event_id": event.event_id})

    def _truncate(self, event: allowed.Truncate) -> None:
        """Only so much of an item was heard; never more than there was of it."""
        item_id = event.item_id
        made = self._replies.made_ms(item_id)
        heard = min(event.audio_end_ms, made or 0)
        self._replies.cut(item_id)
        if not made or not heard:
            self._delete(item_id, event.event_id)
            return
        self.history.cut(item_id, heard, made)
        self.changed = True
        told: Event = {
            "type": "conversation.item.truncated",
            "item_id": item_id,
            "content_index": 0,
            "audio_end_ms": heard,
        }
        if self._live is None:
            self._do(fx.Tell(told))
        elif self._replies.is_older(item_id):
            # This connection has it as text, which it would not truncate.
            self._do(fx.Tell(told))
            self._replace(item_id)
        else:
            self._ask({**told, "type": event.type, "event_id": event.event_id})

    def _replace(self, item_id: str) -> None:
        said = self.history.get(item_id)
        if said is None or not self.engine.is_told:
            return
        self._replaced.add(item_id)
        self._ask({"type": "conversation.item.delete", "item_id": item_id})
        if said.is_told:
            self._ask({"type": "conversation.item.create", "item": said.fields()})

    def _delete(self, item_id: str, event_id: str | None) -> None:
        self._replies.cut(item_id)
        self.changed = True
        known = item_id in self.history
        self.history.delete(item_id)
        if known and self._live is not None:
            event = {"type": "conversation.item.delete", "item_id": item_id}
            self._ask({**event, "event_id": event_id})
        elif known:
            self._do(fx.Tell({"type": "conversation.item.deleted", "item_id": item_id}))

    def _create_item(self, event: allowed.CreateItem) -> None:
        item = event.item.model_dump(mode="json", exclude_none=True)
        item.setdefault("id", self.config.new_id())
        asked = {"type": event.type, "item": item, "event_id": event.event_id}
        if self._live is not None:
            self._ask_item(asked)
        else:
            self._ask_later(asked)
        self.changed = True

    def _create_response(self, event: allowed.CreateResponse, now: float) -> None:
        if self.in_take:
            sentence = "The coach is silent in a take; stop it first."
            self._refuse(Refusal("response_not_allowed", sentence, None, event.event_id), now)
        elif self._live is None:
            self._replies.waiting = max(1, self._replies.waiting)
        elif self._replies.want():
            self._ask({"type": event.type, "event_id": event.event_id})

    def _cancel(self, event: allowed.CancelResponse) -> None:
        replies = self._replies
        replies.waiting = 0
        if replies.active is not None:
            if event.response_id in {None, replies.active}:
                replies.give_up(replies.active)
                cancel = {"type": event.type, "response_id": replies.active}
                self._ask({**cancel, "event_id": event.event_id})
        elif replies.asked:
            replies.cancels_next = True

    # What is refused

    def _refuse(self, refusal: Refusal, now: float) -> None:
        self._do(fx.Tell(refusal.event()))
        self._refusals.append(now)
        full = len(self._refusals) == REFUSALS
        if full and now - self._refusals[0] <= REFUSAL_SECONDS:
            self.hang_up(CloseCode.POLICY)

    def _over_rate(self, what: str, now: float, *, abused: bool) -> None:
        if abused:
            self.hang_up(CloseCode.TOO_MANY)
        elif now - self._told_rate >= 1:
            self._told_rate = now
            self._notice("audio_rate", f"Too many {what} came at once; some were dropped.")
