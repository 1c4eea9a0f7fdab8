"""One connection to an upstream that does not behave."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from sessions_app.coach import CoachContext, Event, RealtimeConnection, line
from sessions_app.coach.core.faults import Fault
from sessions_app.coach.line import MOST_WAITING, Line

CONTEXT = CoachContext(session_id="test")


class Noted:
    def __init__(self) -> None:
        self.connected: asyncio.Event = asyncio.Event()
        self.losses: list[tuple[Fault, str]] = []

    def on_connected(self, number: int) -> None:
        self.connected.set()

    def on_event(self, number: int, event: Event) -> None:
        raise AssertionError(event)

    def on_lost(self, number: int, fault: Fault, code: str) -> None:
        self.losses.append((fault, code))


class Stubborn:
    """Takes no events, says none, and swallows being cancelled, as other people's code does."""

    name = "stubborn"

    def __init__(self) -> None:
        self.let_go = asyncio.Event()
        self.closes = 0

    async def connect(self, context: CoachContext) -> RealtimeConnection:
        return self

    async def send(self, event: Event) -> None:
        await asyncio.Event().wait()

    async def __aiter__(self) -> AsyncIterator[Event]:
        while not self.let_go.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await self.let_go.wait()
        nothing: tuple[Event, ...] = ()
        for event in nothing:
            yield event

    async def close(self) -> None:
        self.closes += 1


async def test_what_swallows_its_cancellation_does_not_hold_the_close(monkeypatch):
    monkeypatch.setattr(line, "LEAVE_SECONDS", 0.01)
    upstream, noted = Stubborn(), Noted()
    talk = Line(1, upstream, CONTEXT, noted)
    await noted.connected.wait()
    await talk.close()
    assert upstream.closes == 0
    # It may end when it likes, and nobody hears of it any more.
    upstream.let_go.set()
    await talk._task
    assert upstream.closes == 1
    assert noted.losses == []


async def test_an_upstream_that_takes_nothing_is_lost_and_keeps_only_so_much():
    upstream, noted = Stubborn(), Noted()
    talk = Line(1, upstream, CONTEXT, noted)
    await noted.connected.wait()
    for _ in range(MOST_WAITING + 2):
        talk.put({"type": "input_audio_buffer.append", "audio": ""})
        await asyncio.sleep(0)
    assert noted.losses == [(Fault.RETRYABLE, "too_slow")]
    upstream.let_go.set()
    await talk._task
