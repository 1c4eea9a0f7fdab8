"""The shell of a session: a match over the machine's effects, and nothing decided here."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, cast

from channels.generic.websocket import AsyncWebsocketConsumer

from evaluations import notify
from sessions_app.contract import wire
from sessions_app.contract.close_codes import CloseCode
from sessions_app.core import effects as fx
from sessions_app.core.gathering import Gathering
from sessions_app.core.machine import SessionMachine
from sessions_app.core.message_rate import MessageRate
from sessions_app.core.snapshot import Snapshot
from sessions_app.live import fast_lane, replies, steps, store
from sessions_app.live.meter import Meter
from sessions_app.live.outbox import Outbox
from sessions_app.live.pump import Pump
from sessions_app.live.recorder import Recorder
from sessions_app.live.rhythm import Rhythm
from sessions_app.live.tickets import Ticket
from sessions_app.live.vendors import Vendors
from sessions_app.source import vault_key
from sessions_app.vocabulary import context_of
from speechcoach import groups
from speechcoach.errors import NotFoundError, ProductError
from speechcoach.logs import also_about

log = logging.getLogger(__name__)

TICK_SECONDS = 0.25
# A nudge may be lost; the row is read this often while an evaluation is awaited.
RUN_CHECK_SECONDS = 1.0
SNAPSHOT_SECONDS = 1.0
CAPTIONS_SECONDS = 15.0
"""So often what was heard is kept; later words are heard again after the loss of a process."""
ACCESS_SECONDS = 60.0
TOUCH_SECONDS = 10.0


class SessionConsumer(AsyncWebsocketConsumer):
    """One operator's tab, one connection, one session."""

    def __init__(self, vendors: Vendors) -> None:
        super().__init__()
        self.vendors = vendors
        self.machine: SessionMachine | None = None
        self.joined: list[str] = []
        self.hung_up = False
        self.rate = MessageRate()
        self.gathering = Gathering(vendors.piece)
        self.tasks: list[asyncio.Task[None]] = []
        self.ticker: asyncio.TimerHandle | None = None
        self.rhythm = Rhythm(at_once=True)
        self.outbox = Outbox(self)
        self.rows = Pump[Callable[[], Awaitable[None]]]("rows", self._call, limit=500)
        # One check that waits stands for all that were asked for meanwhile.
        self.access = Pump[None]("access", self._check_access, limit=1)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.outbox.tell = fast_lane.lane_of(scope)["tell"]
        try:
            await super().__call__(scope, fast_lane.beside(scope, receive, self._take_audio), send)
        finally:
            # Here and not in ``disconnect``, which does not run after an exception.
            await self._clean_up()

    # The connection

    async def connect(self) -> None:
        # What the gates have added is not in the types of ASGI.
        scope = cast("dict[str, Any]", self.scope)
        await self.accept(scope["accept_subprotocol"])
        ticket: Ticket | None = scope["ticket"]
        if ticket is None or ticket.purpose != "session":
            await self.close(CloseCode.BAD_TICKET)
            return
        if not self.vendors.open_sockets.enter(self, ticket.user_id, ticket.club_id):
            await self.close(CloseCode.TOO_MANY)
            return
        # Before the rows are asked: what changes after that rings.
        for group in ticket.permit.groups:
            await self._join(group)
        try:
            self.store, opened = await store.open_session(ticket, scope["query"].get("resume"))
        except ProductError as error:
            await self.close(error.close_code)
            return
        also_about(speech=opened.speech_id)
        builtin_only = opened.choice.builtin_only
        self.lineup = self.vendors.builtin if builtin_only else self.vendors.lineup
        await self._take_over(opened)
        await self._start(opened)

    async def _take_over(self, opened: store.Opened) -> None:
        """Join the speech's group; whoever had the session before lets go of it."""
        group = notify.speech_group(opened.club_id, opened.speech_id)
        owner = str(self.store.owner)
        await self.channel_layer.group_send(group, {"type": "session.replaced", "by": owner})
        await self._join(group)

    async def _join(self, group: str) -> None:
        self.joined.append(group)
        await self.channel_layer.group_add(group, self.channel_name)

    async def _start(self, opened: store.Opened) -> None:
        key = vault_key(opened.club_id, opened.speech_id)
        machine = SessionMachine.restore(
            self.vendors.config,
            opened.snapshot,
            samples=await self.vendors.vault.length(key),
            now=time.monotonic(),
            wall=time.time(),
        )
        self.recorder = Recorder(
            machine,
            self.vendors.vault,
            self.lineup.transcriber,
            key,
            self._meter(machine, key),
            self._carry_out,
            lambda start: context_of(opened.club_id, opened.speech_id, machine.setup, start),
        )
        self.machine = machine
        self.store.late = machine.storing_late
        if opened.resumed:
            machine.resumed(self.vendors.describe(opened, self.lineup))
        else:
            machine.opened(self.vendors.describe(opened, self.lineup))
            if machine.samples:
                self._queue(self.store.enter, machine.state)
        # At once: what will be heard again must not be taken for what was kept.
        self._queue(self.store.save_snapshot, machine.snapshot())
        self._carry_out()
        self._tick(machine)

    def _meter(self, machine: SessionMachine, key: str) -> Meter:
        return Meter(
            self.vendors.ring,
            self.vendors.vault,
            key,
            self.vendors.config.make_detector,
            lambda: machine.heard_so_far,
            machine.own_fillers,
            self.vendors.pitches,
            lambda *bars: self._queue(self.store.keep_bars, *bars),
        )

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        # Autobahn, below daphne, takes an int and no subclass of it.
        await super().close(None if code is None else int(code), reason)

    def _take_audio(self, pcms: list[bytes]) -> int:
        """Gives how many samples more make a piece."""
        machine = self.machine
        if machine is None or self.hung_up:
            return 0
        for pcm in pcms:
            self._hear(machine, self.gathering.push(pcm, machine.samples))
        return self.gathering.missing(machine.samples)

    def _hear(self, machine: SessionMachine, pieces: list[bytes]) -> None:
        for pcm in pieces:
            machine.receive_audio(pcm, time.monotonic())
        if pieces:
            self._carry_out()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        machine = self.machine
        if machine is None or self.hung_up or text_data is None:
            return
        now = time.monotonic()
        if not self.rate.allows(now):
            self._overflow()
            return
        self._hear(machine, self.gathering.take())
        message = wire.parse(text_data)
        if isinstance(message, wire.Malformed):
            machine.receive_malformed(message.sentence, now)
        else:
            machine.receive(message, now)
            if self.rhythm.due("touch", TOUCH_SECONDS, now):
                self._queue(self.store.touch)
        self._carry_out()

    def _tick(self, machine: SessionMachine) -> None:
        if self.hung_up:
            return
        # A timer and no task: it is there for each session four times a second.
        self.ticker = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick, machine)
        now = time.monotonic()
        self._hear(machine, self.gathering.tick())
        machine.tick(now)
        if machine.awaits_run and self.rhythm.due("run check", RUN_CHECK_SECONDS, now):
            self._queue(self._check_run)
        changed = machine.changed and self.rhythm.due("snapshot", SNAPSHOT_SECONDS, now)
        if changed or (machine.heard_more and self.rhythm.due("captions", CAPTIONS_SECONDS, now)):
            self.rhythm.done(now, "beat", "captions")
            self._queue(self._keep, machine.snapshot())
        elif self.rhythm.due("beat", store.BEAT_SECONDS, now):
            self._queue(self._beat)
        if self.rhythm.due("access", ACCESS_SECONDS, now):
            self.access.put(None)
        self._carry_out()

    async def _keep(self, snapshot: Snapshot) -> None:
        """Save the session, which says as well that its client is there."""
        if not await self.store.save_snapshot(snapshot):
            await self._beat()

    async def _beat(self) -> None:
        """Rings may be lost: who has lost the session hears of it here at the latest."""
        try:
            mine = await self.store.beat()
        except NotFoundError:
            await self.speech_erased({})
        else:
            if not mine:
                self._hang_up(CloseCode.REPLACED)

    async def _check_access(self, _asked: None) -> None:
        try:
            await self.store.require_permit()
        except ProductError as error:
            self._hang_up(error.close_code)

    async def _clean_up(self) -> None:
        self.vendors.open_sockets.leave(self)
        if self.ticker is not None:
            self.ticker.cancel()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        # Each of these is done, whatever becomes of the others; the session itself comes first.
        async with contextlib.AsyncExitStack() as last:
            for pump in (self.access, self.rows, self.outbox):
                last.push_async_callback(pump.close)
            last.push_async_callback(
                groups.leave, self.channel_layer, self.channel_name, self.joined
            )
            if self.machine is not None:
                last.push_async_callback(self.recorder.close)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(5):
                        await self._part(self.machine)

    async def _part(self, machine: SessionMachine) -> None:
        """What was asked for so far is still done; the session is left for whoever resumes it."""
        self._hear(machine, self.gathering.take())
        machine.parted()
        self._carry_out()
        await self.recorder.drained()
        self._queue(self.store.save_snapshot, machine.snapshot())
        await self.rows.drained()

    # Nudges of the channel layer

    async def run_changed(self, _event: dict[str, Any]) -> None:
        self._queue(self._check_run)

    async def session_replaced(self, event: dict[str, Any]) -> None:
        if event["by"] != str(self.store.owner):
            self._hang_up(CloseCode.REPLACED)

    async def access_changed(self, _event: dict[str, Any]) -> None:
        if self.machine is not None:
            self.access.put(None)

    async def speech_purged(self, _event: dict[str, Any]) -> None:
        if self.machine is not None:
            self.machine.purged(time.monotonic())
            self._carry_out()

    async def speech_erased(self, _event: dict[str, Any]) -> None:
        """The speech is gone for good: nothing more is taken, kept or shown."""
        if self.machine is not None and not self.hung_up:
            self.machine.parted()
            self._carry_out()
            self._queue(self.recorder.erase)
            self._hang_up(CloseCode.NOT_FOUND)

    # Effects

    def _carry_out(self) -> None:
        """Hand the machine's effects to the pumps. Never waits."""
        if self.machine is None:
            return
        for effect in self.machine.effects():
            match effect:
                # The first of all: there is one for each chunk.
                case fx.Capture():
                    self.recorder.put(effect)
                case fx.Send() | fx.SendAudio() | fx.HangUp():
                    self._post(effect)
                case (
                    fx.BeginCapture()
                    | fx.GoOnCapturing()
                    | fx.FinishCapture()
                    | fx.AbandonCapture()
                ):
                    self._record(effect)
                case fx.Warn(event=event, count=count):
                    log.warning("%s speech=%s count=%d", event, self.store.speech_id, count)
                case _:
                    self._store(self.machine, effect)

    def _record(self, effect: fx.Effect) -> None:
        if isinstance(effect, fx.BeginCapture):
            self._queue(self.store.begin_recording, effect.run_id)
        self.recorder.put(effect)

    def _store(self, machine: SessionMachine, effect: fx.Effect) -> None:
        match effect:
            case fx.Enter(state=state):
                self._queue(self.store.enter, state)
                self._queue(self.store.save_snapshot, machine.snapshot())
            case fx.RecordConsent(consent=consent, reply=reply):
                given = (machine, self.store, consent, machine.snapshot())
                self._answer(reply, replies.record_consent, *given)
            case fx.ConfirmConsent(consent=consent, reply=reply):
                self._answer(reply, replies.still_holds, machine, consent)
            case fx.SaveSetup(setup=setup, reply=reply):
                kept = (replies.save_setup, self.store, setup, machine.snapshot())
                self._queue(*kept) if reply is None else self._answer(reply, *kept)
            case fx.CancelRun(run_id=run_id):
                self._queue(self.store.cancel_runs, run_id)
            case fx.RequestEvaluation():
                setup, engine = machine.setup.model_copy(), self.lineup.transcriber.name
                self._queue(steps.request_evaluation, machine, self.store, effect, setup, engine)
                # At once: a page that resumes now must not be told that it still records.
                self._queue(self.store.save_snapshot, machine.snapshot())
            case fx.LoadDelivery(run_id=run_id):
                self._queue(steps.load_delivery, machine, self.store, run_id)
            case fx.ShowEvaluation(run_id=run_id):
                self._queue(steps.show_evaluation, machine, self.store, run_id)
            case fx.KeepOutputs(run_id=run_id):
                self._queue(steps.keep_outputs, machine, self.store, run_id)
            case fx.Erase(consent=consent):
                self._queue(steps.erase, machine, self.store, self.recorder, consent)

    def _queue(self, step: Callable[..., Awaitable[Any]], *args: Any) -> None:
        async def call() -> None:
            await step(*args)

        if not self.rows.put(call):
            self._overflow()

    def _answer(self, message: Any, step: Callable[..., Awaitable[bool]], *args: Any) -> None:
        """Queue a step; the message goes out in its place, once the step has said yes."""
        reply = replies.Reply(message, step, *args)
        self._queue(reply.settle)
        self._post(reply)

    def _post(self, item: fx.Effect | replies.Reply) -> None:
        if not self.outbox.put(item):
            self._overflow()

    def _overflow(self) -> None:
        """This client sends or leaves unread more than a queue holds."""
        log.warning("overflow: closing a socket of speech=%s", self.store.speech_id)
        self._hang_up(CloseCode.POLICY)

    def _hang_up(self, code: int) -> None:
        """Close; from now on nothing is taken from this client and nothing is sent to it."""
        if not self.hung_up:
            self.hung_up = True
            # Who comes back sends it again: it was not acknowledged.
            self.gathering.take()
            self.tasks.append(asyncio.create_task(self.close(code)))

    async def _call(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except Exception:
            if self.machine is not None:
                self.machine.step_failed(
                    "The server could not store that just now. The session goes on; please retry."
                )
            raise
        finally:
            self._carry_out()

    # Rows

    async def _check_run(self) -> None:
        if self.machine is not None and self.machine.awaits_run:
            view = await self.store.run_view(self.machine.run_id)
            if view is not None:
                self.machine.run_changed(view)
