"""The session's tie to whoever answers: made, configured, lost, made again, handed over. Pure."""

from typing import Any, Final

from sessions_app.coach import Event
from sessions_app.coach import messages as m
from sessions_app.coach.close_codes import CoachCode
from sessions_app.coach.core import effects as fx
from sessions_app.coach.core.configuring import Engine, session_update
from sessions_app.coach.core.faults import Fault
from sessions_app.coach.core.link import WHY, Link, without_secrets
from sessions_app.coach.core.reconnecting import ALIVE_SECONDS, PAUSE_SECONDS, Reconnecting
from sessions_app.coach.core.speaking import Speaking

OPEN_SECONDS: Final = 10.0
"""How long a connection may take until it is configured."""
RESERVE_SECONDS: Final = 10.0
"""After so long a failed attempt to have another connection ready is made again."""


class Linked(Speaking):
    """What every part of the session speaks through, and the connections behind it."""

    # The beginning

    def _connect(self, now: float) -> None:
        self._retry_at = None
        self._link = self._new_link(self.engine, now)
        self._show()

    def _new_link(self, engine: Engine, now: float) -> Link:
        self._numbers += 1
        link = Link(self._numbers, engine, now)
        self._do(fx.Connect(link.number, engine))
        return link

    def _provider(self, reason: str | None = None) -> None:
        engine = self.engine
        self._tell(
            m.CoachProvider(
                provider=engine.provider, model=engine.model, voice=engine.voice, reason=reason
            )
        )

    def connected(self, number: int) -> None:
        """Connection ``number`` is made; it says who it is first."""
        for link in (self._link, self._reserve):
            if link is not None and link.number == number and link.phase == "connecting":
                link.phase = "opening"

    def _configure(self, link: Link, event: Event, now: float) -> bool:
        """Take an event of a connection that is not live yet; whether it is now."""
        kind = event.get("type")
        if kind == "session.created" and link.phase in {"connecting", "opening"}:
            link.phase = "configuring"
            link.created = event
            update = session_update(
                link.engine,
                self.config.instructions,
                self.config.language,
                self.turns,
                in_take=self.in_take,
            )
            self._ask(update, link)
        elif kind == "session.updated" and link.phase == "configuring":
            link.phase = "live"
            link.live_since = now
            return True
        return False

    def _go_live(self, event: Event) -> None:
        """The connection is configured: what has waited for it goes out, in order."""
        link = self._link
        if link is None:
            return
        if not self._greeted:
            self._greeted = True
            for told in (link.created, event):
                if told is not None:
                    self._do(fx.Tell(without_secrets(told)))
        self._replay(link)
        self._tell_gap()
        for held, _ in self._held:
            self._ask({"type": "input_audio_buffer.append", "audio": held})
        self._held.clear()
        self._held_ms = 0.0
        pending, self._pending = self._pending, []
        for waiting in pending:
            self._ask_item(waiting)
        self._next_reply()
        self._show()

    def _ask_item(self, event: Event) -> None:
        if event["type"] == "conversation.item.create":
            self.history.add(event["item"])
        self._ask(event)

    def _replay(self, link: Link) -> None:
        self._replayed = frozenset(item.id for item in self.history.items)
        if link.engine.is_told:
            for item in self.history.replay():
                self._ask(item, link)

    def _next_reply(self) -> None:
        if self._live is not None and not self.in_take and self._replies.next_wanted():
            self._ask({"type": "response.create"})

    def _tell_gap(self) -> None:
        if self._dropped_ms:
            seconds = self._dropped_ms / 1000
            self._dropped_ms = 0.0
            self._notice("audio_gap", f"The coach did not hear {seconds:.1f} seconds.")

    # The end of a connection

    def lost(self, number: int, fault: Fault, code: str, now: float) -> None:
        """Connection ``number`` is lost, or could not be made."""
        if self._reserve is not None and self._reserve.number == number:
            self._reserve = None
            self._reserve_at = now + RESERVE_SECONDS
            self._do(fx.Note(self.engine.provider, fault, code, self._reconnecting.attempts))
            return
        link = self._link
        if link is None or link.number != number:
            return
        self._link = None
        self._after_loss(link, fault, code, now)

    def _drop(self, fault: Fault, code: str, now: float) -> None:
        """Give a connection up that is still there."""
        if self._link is not None:
            self._do(fx.Disconnect(self._link.number))
            self.lost(self._link.number, fault, code, now)

    def _after_loss(self, link: Link, fault: Fault, code: str, now: float) -> None:
        self._do(fx.Note(link.engine.provider, fault, code, self._reconnecting.attempts))
        self._cut_off()
        if self._reserve is not None and self._reserve.phase == "live":
            # One stands ready: nobody has to wait.
            self._take_reserve()
            return
        if link.phase == "live" and now - link.live_since >= ALIVE_SECONDS:
            self._reconnecting.worked()
        verdict = self._reconnecting.lost(fault, now)
        match verdict.what:
            case "wait":
                self._retry_at = now + verdict.seconds
                if verdict.seconds == 0:
                    self._connect(now)
            case "pause":
                self._pause(now)
            case "give_up":
                self._give_up(fault, now)
        self._show()

    def _pause(self, now: float) -> None:
        self._paused = True
        self._retry_at = now + PAUSE_SECONDS
        self._forget_reserve()
        self._notice(
            "upstream", "The coach's engine has failed three times in a minute; it is left alone."
        )
        self._show(now)

    def retry(self, now: float) -> None:
        """Somebody, or the end of a pause, wants another try at once."""
        if self._link is not None:
            return
        if self._paused:
            self._paused = False
            self._reconnecting.begin_trial()
        self._connect(now)

    def _give_up(self, fault: Fault, now: float) -> None:
        spare = self.config.spare
        self._forget_reserve()
        if spare is None or self.engine is spare:
            self._notice("upstream", "No coach can be reached just now.", recoverable=False)
            self.hang_up(CoachCode.UPSTREAM_DOWN)
            return
        self.given_up = WHY.get(fault, WHY[Fault.RETRYABLE])
        self.changed = True
        self.engine = spare
        self._reconnecting = Reconnecting(self.config.chance)
        self._paused = False
        self._provider(self.given_up)
        self._notice("engine_changed", self.given_up)
        self._connect(now)

    def _cut_off(self) -> None:
        """A reply under way ends here; one of which nothing was heard is asked for again."""
        replies = self._replies
        if replies.active is not None:
            error = {"type": "server_error", "code": "connection_lost"}
            response: dict[str, Any] = {
                "id": replies.active,
                "object": "realtime.response",
                "status": "failed",
                "status_details": {"type": "failed", "error": error},
                "output": [],
                "usage": None,
            }
            self._do(fx.Tell({"type": "response.done", "response": response}))
        replies.lost()
        self._speaking_user = False
        self._thinks_since = None

    # Another connection in time

    def _tick_link(self, now: float) -> None:
        link = self._link
        if link is None:
            if self._retry_at is not None and now >= self._retry_at:
                self.retry(now)
            return
        if link.phase != "live":
            if now - link.since >= OPEN_SECONDS:
                self._drop(Fault.RETRYABLE, "open_timeout", now)
            return
        if not link.worked and now - link.live_since >= ALIVE_SECONDS:
            link.worked = True
            self._reconnecting.worked()
        self._tick_reserve(link, now)

    def _tick_reserve(self, link: Link, now: float) -> None:
        rotates = link.engine.rotate_seconds
        if rotates is None or now - link.live_since < rotates:
            return
        reserve = self._reserve
        if reserve is None:
            if now >= self._reserve_at:
                self._reserve = self._new_link(link.engine, now)
        elif reserve.phase == "live":
            if self._is_quiet(now):
                self._do(fx.Disconnect(link.number))
                self._take_reserve()
        elif now - reserve.since >= OPEN_SECONDS:
            self._do(fx.Disconnect(reserve.number))
            self.lost(reserve.number, Fault.RETRYABLE, "open_timeout", now)

    def _is_quiet(self, now: float) -> bool:
        """Whether nobody speaks: neither the speaker, nor the coach in the speaker's ears."""
        replies = self._replies
        waits = replies.busy or replies.waiting or self._thinks_since is not None
        return not waits and not self._speaking_user and now >= replies.playing_until

    def _take_reserve(self) -> None:
        self._link, self._reserve = self._reserve, None
        self._replies.moved()
        self._go_live({})

    def _forget_reserve(self) -> None:
        if self._reserve is not None:
            self._do(fx.Disconnect(self._reserve.number))
            self._reserve = None
