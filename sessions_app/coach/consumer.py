"""The shell of a conversation: a match over the session's effects, and nothing decided here."""

import asyncio
import contextlib
import json
import logging
import random
import time
import uuid
from typing import Any, Final, cast

from channels.generic.websocket import AsyncWebsocketConsumer

from sessions_app.coach import Event, measured, store
from sessions_app.coach.booking import Books
from sessions_app.coach.coach import Coach
from sessions_app.coach.conversations import (
    BEAT_SECONDS,
    NEAR_SECONDS,
    RESUME_SECONDS,
    Kept,
    UpstreamError,
)
from sessions_app.coach.core import effects as fx
from sessions_app.coach.core.facts import instructions
from sessions_app.coach.core.faults import Fault
from sessions_app.coach.core.link import Config
from sessions_app.coach.core.session import CoachSession
from sessions_app.coach.core.snapshot import CoachSnapshot
from sessions_app.coach.line import Line
from sessions_app.coach.releasing import release_later
from sessions_app.coach.taker import Taker
from sessions_app.contract.close_codes import CloseCode
from sessions_app.live.pump import Pump
from sessions_app.live.rhythm import Rhythm
from sessions_app.live.tickets import Ticket
from speechcoach import groups
from speechcoach.errors import ProductError
from speechcoach.logs import also_about

log = logging.getLogger(__name__)

TICK_SECONDS: Final = 0.1
ACCESS_SECONDS: Final = 60.0
MOST_UNSENT: Final = 4_000
"""Frames: a long answer, which comes faster than it is heard."""


class CoachConsumer(AsyncWebsocketConsumer):
    """One person's tab, one connection, one conversation."""

    def __init__(self, coach: Coach) -> None:
        super().__init__()
        self.coach = coach
        self.session: CoachSession | None = None
        self.holder = uuid.uuid4().hex
        self.who = ""
        self.hung_up = False
        self.joined: list[str] = []
        self.lines: dict[int, Line] = {}
        self.tasks: set[asyncio.Task[Any]] = set()
        # Of connections: they are waited for, and never cut short.
        self.partings: set[asyncio.Task[None]] = set()
        self.rhythm = Rhythm(at_once=False)
        self.outbox = Pump[str | int]("coach-outbox", self._send_out, MOST_UNSENT)
        # One of each that waits stands for all that were asked for meanwhile.
        self.access = Pump[None]("coach-access", self._check_access, limit=1)
        self.saving = Pump[None]("coach-saving", self._save, limit=1)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Here and not in ``disconnect``, which does not run after an exception.
            await self._clean_up()

    async def dispatch(self, message: Any) -> None:
        # As in a session: audio must not wait for other people's queries.
        if message["type"] == "websocket.receive":
            return await self.websocket_receive(message)
        return await super().dispatch(message)

    # The connection

    async def connect(self) -> None:
        # What the gates have added is not in the types of ASGI.
        scope = cast("dict[str, Any]", self.scope)
        await self.accept(scope["accept_subprotocol"])
        ticket: Ticket | None = scope["ticket"]
        if ticket is None or ticket.purpose != "realtime":
            await self.close(CloseCode.BAD_TICKET)
            return
        # Visitors of the demo are many, under one name.
        counted_as = -id(self) if ticket.demo else ticket.user_id
        if not self.coach.open_sockets.enter(self, counted_as, ticket.club_id):
            await self.close(CloseCode.TOO_MANY)
            return
        # Before the rows are asked: what changes after that rings.
        for group in ticket.permit.groups:
            await self._join(group)
        try:
            self.person = await store.open_person(ticket)
        except ProductError as error:
            await self.close(error.close_code)
            return
        self.ticket = ticket
        await self._open(scope["query"].get("resume"))

    async def _open(self, resume: str | None) -> None:
        conversations, ticket = self.coach.conversations, self.ticket
        kept = None
        if resume:
            kept = await conversations.load(resume, ticket.user_id, ticket.club_id)
        self.session_id = resume if kept and resume else uuid.uuid4().hex
        also_about(session=self.session_id)
        self.who = f"demo.{self.session_id}" if ticket.demo else f"user.{ticket.user_id}"
        if not await self._within_limits(0):
            await self.close(CloseCode.FORBIDDEN)
            return
        await self._take_over()
        snapshot = kept.snapshot if kept else CoachSnapshot()
        session = CoachSession(self._config(), snapshot, time.monotonic())
        self.books = Books(self.person.club)
        self.taker = Taker(self.coach, self.person, session, self.books, self._carry_out)
        self.session = session
        await self.taker.resume()
        session.opened(time.monotonic(), resumed=kept is not None)
        self._carry_out()
        self.saving.put(None)
        self._keep(asyncio.create_task(self._tick(session), name="coach-ticker"))

    def _config(self) -> Config:
        self.served = self.coach.lineup(builtin_only=self.person.builtin_only)
        primary, spare = self.served
        return Config(
            session_id=self.session_id,
            primary=primary.engine,
            spare=spare.engine if spare else None,
            instructions=instructions(self.person.name, self.person.speeches),
            chance=random.random,
            new_id=lambda: uuid.uuid4().hex,
            is_demo=self.ticket.demo,
            idle_seconds=self.coach.limits.idle_seconds,
        )

    async def _take_over(self) -> None:
        """Have the conversation, and be the person's only one; whoever was, is told."""
        for what in (self.who, self.session_id):
            await self.coach.conversations.claim(what, self.holder)
        group = f"coach.{self.who}"
        await self._join(group)
        await self.channel_layer.group_send(group, {"type": "coach.replaced", "by": self.holder})

    async def _join(self, group: str) -> None:
        self.joined.append(group)
        await self.channel_layer.group_add(group, self.channel_name)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        # Autobahn, below daphne, takes an int and no subclass of it.
        await super().close(None if code is None else int(code), reason)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.session is None or self.hung_up:
            return
        # A binary frame is refused like any other that is no JSON.
        self.session.receive(text_data if text_data is not None else "", time.monotonic())
        self._carry_out()

    async def _tick(self, session: CoachSession) -> None:
        while not self.hung_up:
            await asyncio.sleep(TICK_SECONDS)
            now = time.monotonic()
            session.tick(now)
            if self.rhythm.due("beat", BEAT_SECONDS, now):
                self._keep(asyncio.create_task(self._beat()))
            if self.rhythm.due("access", ACCESS_SECONDS, now):
                self.access.put(None)
            self._carry_out()

    async def _beat(self) -> None:
        """Rings may be lost: who has lost the conversation hears of it here at the latest."""
        if not await self.coach.conversations.has(self.who, self.holder):
            self._hang_up(CloseCode.REPLACED)
        elif not await self._within_limits(BEAT_SECONDS):
            self._hang_up(CloseCode.FORBIDDEN)
        else:
            self.saving.put(None)

    async def _within_limits(self, seconds: int) -> bool:
        """Count the seconds; whether person and club have some left of today."""
        limits, use = self.coach.limits, self.coach.conversations.use
        club = f"club.{self.ticket.club_id}"
        person = 60 * limits.person_minutes - await use(self.who, seconds)
        left = min(person, 60 * limits.club_minutes - await use(club, seconds))
        if self.session is not None and 0 < left <= NEAR_SECONDS < left + seconds:
            self.session.limit_near(left)
        return left > 0

    async def _check_access(self, _asked: None) -> None:
        try:
            await store.check_permit(self.ticket.permit)
        except ProductError as error:
            self._hang_up(error.close_code)

    async def _save(self, _asked: None) -> None:
        await self._keep_conversation(RESUME_SECONDS + BEAT_SECONDS)

    async def _keep_conversation(self, seconds: int) -> bool:
        """Keep the conversation for whoever resumes it; False when somebody has."""
        if self.session is None:
            return False
        conversations = self.coach.conversations
        if not await conversations.has(self.session_id, self.holder):
            return False
        kept = Kept(self.ticket.user_id, self.ticket.club_id, self.session.snapshot())
        await conversations.save(self.session_id, kept, seconds)
        return True

    async def _clean_up(self) -> None:
        self.hung_up = True
        self.coach.open_sockets.leave(self)
        async with contextlib.AsyncExitStack() as last:
            for pump in (self.access, self.saving, self.outbox):
                last.push_async_callback(pump.close)
            last.push_async_callback(
                groups.leave, self.channel_layer, self.channel_name, self.joined
            )
            for task in self.tasks:
                task.cancel()
            for number in list(self.lines):
                self._drop_line(number)
            await asyncio.gather(*self.tasks, *self.partings, return_exceptions=True)
            if self.session is not None:
                last.push_async_callback(self.books.close)
                last.push_async_callback(self.taker.close)
                if await self._keep_conversation(RESUME_SECONDS):
                    release_later(self.coach, self.session, self.person.club.pk, self.holder)

    # Nudges of the channel layer

    async def coach_replaced(self, event: dict[str, Any]) -> None:
        if event["by"] != self.holder:
            self._hang_up(CloseCode.REPLACED)

    async def access_changed(self, _event: dict[str, Any]) -> None:
        if self.session is not None:
            self.access.put(None)

    # The upstream

    def on_connected(self, number: int) -> None:
        if self.session is not None:
            self.session.connected(number)
            self._carry_out()

    def on_event(self, number: int, event: Event) -> None:
        if self.session is not None:
            self.session.receive_upstream(number, event, time.monotonic())
            self._carry_out()

    def on_lost(self, number: int, fault: Fault, code: str) -> None:
        if self.session is not None and not self.hung_up:
            self.session.lost(number, fault, code, time.monotonic())
            self._drop_line(number)
            self._carry_out()

    # Effects

    def _carry_out(self) -> None:
        """Hand the session's effects on. Never waits."""
        if self.session is None:
            return
        if self.session.changed:
            # At once: whoever resumes may come before we know that this browser is gone.
            self.saving.put(None)
        for effect in self.session.effects():
            match effect:
                case fx.Tell(event=event):
                    self._post(json.dumps(event))
                case fx.HangUp(code=code, at_once=True):
                    self._hang_up(code)
                case fx.HangUp(code=code):
                    # In its place: what was said before is still read.
                    self._post(code)
                case fx.Connect() | fx.Disconnect() | fx.Ask():
                    self._line(self.session, effect)
                case fx.Spend(cost_usd=cost_usd):
                    self.books.add(cost_usd)
                case fx.Observe(metrics=metrics):
                    measured.observe(metrics)
                case fx.Note():
                    self._note(effect)
                case _:
                    self.taker.put(effect)

    def _line(self, session: CoachSession, effect: fx.Effect) -> None:
        match effect:
            case fx.Connect(number=number, engine=engine):
                served = next(one for one in self.served if one and one.engine == engine)
                person = self.person
                context = session.context(person.name, person.club.pk, person.speeches)
                self.lines[number] = Line(number, served.upstream, context, self)
            case fx.Ask(number=number, event=event):
                if line := self.lines.get(number):
                    line.put(event)
            case fx.Disconnect(number=number):
                self._drop_line(number)

    def _drop_line(self, number: int) -> None:
        if line := self.lines.pop(number, None):
            parting = asyncio.create_task(line.close())
            self.partings.add(parting)
            parting.add_done_callback(self.partings.discard)

    def _note(self, note: fx.Note) -> None:
        """For support: which conversation, whose upstream, what kind of error; never a word."""
        log.warning(
            "coach upstream session=%s club=%s provider=%s fault=%s code=%s attempt=%d",
            *(self.session_id, self.person.club.pk, note.provider, note.fault, note.code),
            note.attempt,
        )
        measured.count_fault(note.provider, note.fault)
        error = UpstreamError(time.time(), note.provider, note.fault, note.code, self.session_id)
        noting = asyncio.to_thread(self.coach.conversations.note, self.person.club.pk, error)
        self._keep(asyncio.create_task(noting))

    def _post(self, item: str | int) -> None:
        if not self.outbox.put(item):
            log.warning("overflow: closing the coach of session=%s", self.session_id)
            self._hang_up(CloseCode.POLICY)

    async def _send_out(self, item: str | int) -> None:
        if isinstance(item, str):
            if not self.hung_up:
                await self.send(text_data=item)
        else:
            self._hang_up(item)

    def _hang_up(self, code: int) -> None:
        """Close; from now on nothing is taken from this browser and nothing is sent to it."""
        if not self.hung_up:
            self.hung_up = True
            # A page that reads nothing may take a minute to be gone.
            for number in list(self.lines):
                self._drop_line(number)
            self._keep(asyncio.create_task(self.close(code)))

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
