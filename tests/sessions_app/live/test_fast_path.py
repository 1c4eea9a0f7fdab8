"""Audio does not wait for the database; a real consumer without its socket."""

import asyncio
import json
import threading
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest
from asgiref.sync import sync_to_async

from sessions_app.contract import messages as m
from sessions_app.core import effects as fx
from sessions_app.core.audio import CHUNK_SAMPLES
from sessions_app.live import fast_lane
from sessions_app.live.consumer import SessionConsumer
from sessions_app.live.fast_lane import YIELD_EVERY
from sessions_app.live.gates import OriginGate, TicketGate
from sessions_app.live.replies import Reply
from speechcoach.audio_lane import EXTENSION, no_lane
from tests.server import DEADLINE_SECONDS
from tests.sessions_app.core.driving import Driver

PCM = bytes(1_600)
CHUNK = {"type": "websocket.receive", "bytes": PCM}


class Line:
    """A consumer that is connected, and what it is sent."""

    def __init__(self, piece: int = CHUNK_SAMPLES) -> None:
        self.audio: list[bytes] = []
        self.incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        consumer: Any = SessionConsumer(vendors=Mock(piece=lambda: piece))
        self.consumer = consumer
        self.consumer.connect = AsyncMock()
        self.consumer.recorder = AsyncMock()
        self.consumer.machine = SimpleNamespace(
            receive_audio=lambda pcm, _now: self.audio.append(pcm),
            samples=0,
            receive_malformed=Mock(),
            parted=Mock(),
            snapshot=Mock(),
            effects=list,
        )
        self.consumer.store = AsyncMock()
        self.incoming.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(self.consumer({}, self.incoming.get, AsyncMock()))


@pytest.fixture
async def line(request):
    line = Line(*getattr(request, "param", ()))
    yield line
    line.incoming.put_nowait({"type": "websocket.disconnect", "code": 1001})
    await asyncio.wait_for(line.task, DEADLINE_SECONDS)


async def until(reached) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not reached():  # noqa: ASYNC110 - what is waited for are the loop's own turns
            await asyncio.sleep(0)


async def test_a_slow_query_elsewhere_does_not_delay_audio(line):
    """All sockets share one thread for the database, and somebody's query holds it."""
    release = threading.Event()
    line.incoming.put_nowait(CHUNK)
    await until(lambda: line.audio)
    slow = asyncio.create_task(sync_to_async(release.wait, thread_sensitive=True)(DEADLINE_SECONDS))
    try:
        for _ in range(20):
            line.incoming.put_nowait(CHUNK)
        line.incoming.put_nowait({"type": "websocket.receive", "text": "{"})
        await until(lambda: len(line.audio) == 21)
        assert not slow.done()
        # What does go by the database waits: the test would see it if audio did.
        line.consumer.machine.receive_malformed.assert_not_called()
    finally:
        release.set()
        await slow
    await until(lambda: line.consumer.machine.receive_malformed.called)


async def test_what_the_server_offers_for_audio_passes_the_gates():
    """Else it would take the long way, and nobody would notice."""
    lane = no_lane()
    reached: list[Any] = []

    async def inner(scope, _receive, _send):
        reached.append(scope["extensions"][EXTENSION])

    headers = [(b"origin", b"http://club.example"), (b"host", b"club.example")]
    scope = {"type": "websocket", "headers": headers, "query_string": b"", "path": "/ws/session"}
    gates = OriginGate(TicketGate(inner), [])
    await gates({**scope, "extensions": {EXTENSION: lane}}, AsyncMock(), AsyncMock())
    assert [one is lane for one in reached] == [True]


async def test_a_server_that_offers_a_way_for_audio_wakes_nobody():
    lane = no_lane()
    audio: list[bytes] = []
    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def heard(pcms: list[bytes]) -> int:
        audio.extend(pcms)
        return 800

    receive = fast_lane.beside({"extensions": {EXTENSION: lane}}, incoming.get, heard)
    waiting = asyncio.ensure_future(receive())
    await until(lambda: lane["take"] is not None)
    take = lane["take"]
    assert take is not None
    take([PCM, PCM])
    assert audio == [PCM, PCM]
    # The next 50 ms, and half of that again for their way.
    count, seconds = lane["wanted"]
    assert (count, round(seconds, 3)) == (1_600, 0.1)
    incoming.put_nowait({"type": "websocket.receive", "text": "{"})
    assert (await waiting)["text"] == "{"
    # It is busy with that: what comes now must wait behind it.
    assert lane["take"] is None


async def test_one_that_floods_does_not_keep_the_others_waiting(line):
    for _ in range(10 * YIELD_EVERY):
        line.incoming.put_nowait(CHUNK)
    await until(lambda: line.audio)
    assert len(line.audio) == YIELD_EVERY
    await until(lambda: len(line.audio) == 10 * YIELD_EVERY)


@pytest.mark.parametrize("line", [[5 * CHUNK_SAMPLES]], indirect=True)
async def test_where_many_speak_chunks_go_together_and_before_what_is_said_next(line):
    machine = line.consumer.machine
    heard_at = []
    machine.receive_malformed.side_effect = lambda *_: heard_at.append(b"".join(line.audio))
    for _ in range(7):
        line.incoming.put_nowait(CHUNK)
    line.incoming.put_nowait({"type": "websocket.receive", "text": "{"})
    await until(lambda: machine.receive_malformed.called)
    assert [len(pcm) for pcm in line.audio] == [5 * 1_600, 2 * 1_600]
    assert heard_at == [bytes(7 * 1_600)]
    line.incoming.put_nowait(CHUNK)
    line.incoming.put_nowait({"type": "websocket.disconnect", "code": 1001})
    await asyncio.wait_for(asyncio.shield(line.task), DEADLINE_SECONDS)
    assert len(b"".join(line.audio)) == 8 * 1_600
    machine.parted.assert_called_once_with()


@pytest.mark.parametrize("line", [[5 * CHUNK_SAMPLES]], indirect=True)
async def test_of_a_socket_that_is_hung_up_nothing_is_heard_any_more(line):
    line.incoming.put_nowait(CHUNK)
    await until(line.incoming.empty)
    line.consumer._hang_up(4003)
    line.incoming.put_nowait(CHUNK)
    line.incoming.put_nowait({"type": "websocket.disconnect", "code": 1001})
    await asyncio.wait_for(asyncio.shield(line.task), DEADLINE_SECONDS)
    assert line.audio == []


async def test_what_is_said_of_audio_is_sent_in_the_turn_that_the_audio_came_in():
    lane, told = no_lane(), []

    def tell(text: str) -> bool:
        told.append(json.loads(text)["type"])
        return True

    lane["tell"] = tell
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    consumer: Any = SessionConsumer(vendors=Mock(piece=lambda: CHUNK_SAMPLES))
    consumer.connect, consumer.recorder, consumer.store = AsyncMock(), AsyncMock(), AsyncMock()
    consumer.machine = Driver().machine
    scope = {"extensions": {EXTENSION: lane}}
    incoming.put_nowait({"type": "websocket.connect"})
    running = asyncio.create_task(consumer(scope, incoming.get, sent.put))
    await until(lambda: lane["take"] is not None)
    consumer.machine.effects()
    consumer._post(fx.Send(m.ElapsedTime(seconds=1)))
    assert told == ["elapsed_time"]
    # Behind what waits for a row, it waits as well; and so it does where the server cannot.
    go_on = asyncio.Event()

    async def stored() -> bool:
        await go_on.wait()
        return True

    reply = Reply(m.ElapsedTime(seconds=2), stored)
    consumer._post(reply)
    consumer._post(fx.Send(m.ElapsedTime(seconds=3)))
    assert len(told) == 1
    go_on.set()
    await reply.settle()
    seconds = [json.loads((await sent.get())["text"])["seconds"] for _ in range(2)]
    assert seconds == [2, 3]
    incoming.put_nowait({"type": "websocket.disconnect", "code": 1001})
    await asyncio.wait_for(running, DEADLINE_SECONDS)
    assert not consumer.outbox.tell("too late")
