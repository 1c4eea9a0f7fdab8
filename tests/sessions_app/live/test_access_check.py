"""When a session's socket looks whether it may still have its session. Its rows are played."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest

from sessions_app.core.audio import CHUNK_SAMPLES
from sessions_app.core.effects import SendAudio
from sessions_app.live import consumer as shell
from sessions_app.live import store
from sessions_app.live.consumer import SessionConsumer
from speechcoach.errors import ForbiddenError, NotFoundError, SignedOutError
from tests.server import DEADLINE_SECONDS


class Rows:
    """A store that notes what is asked of it; ``error`` is what the next check says."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.checks = 0
        self.checked = asyncio.Condition()
        self.hold = asyncio.Event()
        self.hold.set()
        self.mine = True
        self.gone = False

    async def beat(self) -> bool:
        if self.gone:
            raise NotFoundError("It is not there.")
        return self.mine

    async def require_permit(self) -> None:
        async with self.checked:
            self.checks += 1
            self.checked.notify_all()
        await self.hold.wait()
        if self.error:
            raise self.error


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def socket(rows: Rows) -> Any:
    consumer: Any = SessionConsumer(vendors=Mock(piece=lambda: CHUNK_SAMPLES))
    consumer.store = rows
    consumer.machine = SimpleNamespace(
        receive_audio=Mock(),
        samples=0,
        effects=list,
        tick=Mock(),
        parted=Mock(),
        awaits_run=False,
        changed=False,
        heard_more=False,
    )
    consumer.sent = asyncio.Queue()
    consumer.base_send = consumer.sent.put
    return consumer


async def closed_with(consumer: Any) -> int:
    """Wait for the socket's close; the code."""
    message = await asyncio.wait_for(consumer.sent.get(), DEADLINE_SECONDS)
    assert message["type"] == "websocket.close"
    code: int = message["code"]
    return code


async def checked(rows: Rows, times: int) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS), rows.checked:
        await rows.checked.wait_for(lambda: rows.checks >= times)


@pytest.mark.parametrize(
    ("error", "code"), [(SignedOutError("Out."), 4401), (ForbiddenError("No more."), 4403)]
)
async def test_a_ring_makes_it_look_and_close(socket, rows, error, code):
    rows.error = error
    await socket.dispatch({"type": "access.changed"})
    assert await closed_with(socket) == code


async def test_a_ring_about_something_else_changes_nothing(socket, rows):
    await socket.access_changed({})
    await checked(rows, 1)
    socket._take_audio([b"\0\0"])
    socket.machine.receive_audio.assert_called_once()
    assert socket.sent.empty()


async def test_rings_while_it_looks_are_one_more_look(socket, rows):
    rows.hold.clear()
    await socket.access_changed({})
    await checked(rows, 1)
    for _ in range(20):
        await socket.access_changed({})
    rows.hold.set()
    await socket.access.drained()
    assert rows.checks == 2


@pytest.fixture
async def ticking(socket, monkeypatch) -> AsyncIterator[Any]:
    """The socket, which looks at its rows all the time."""
    monkeypatch.setattr(shell, "TICK_SECONDS", 0)
    monkeypatch.setattr(shell, "ACCESS_SECONDS", 0)
    monkeypatch.setattr(store, "BEAT_SECONDS", 0)
    socket.recorder = Mock(erase=AsyncMock())
    socket._tick(socket.machine)
    yield socket
    socket.ticker.cancel()


async def test_without_a_ring_it_looks_by_the_clock(ticking, rows):
    await checked(rows, 3)
    rows.error = ForbiddenError("No more.")
    assert await closed_with(ticking) == 4403


async def test_a_session_that_was_taken_over_is_let_go_of_without_a_ring(ticking, rows):
    await checked(rows, 1)
    rows.mine = False
    assert await closed_with(ticking) == 4409
    ticking._take_audio([b"\0\0"])
    ticking.machine.receive_audio.assert_not_called()


async def test_a_speech_that_is_erased_is_let_go_of_without_a_ring(ticking, rows):
    await checked(rows, 1)
    rows.gone = True
    assert await closed_with(ticking) == 4404
    await asyncio.wait_for(ticking.rows.drained(), DEADLINE_SECONDS)
    ticking.recorder.erase.assert_awaited_once()


async def test_rows_that_cannot_be_read_end_nothing(socket, rows):
    rows.error = OSError("the database is away")
    await socket.access_changed({})
    await socket.access.drained()
    assert socket.sent.empty()
    rows.error = ForbiddenError("No more.")
    await socket.access_changed({})
    assert await closed_with(socket) == 4403


async def test_once_closed_it_takes_nothing_and_sends_nothing(socket, rows):
    rows.error = ForbiddenError("No more.")
    await socket.access_changed({})
    assert await closed_with(socket) == 4403
    socket._take_audio([b"\0\0"])
    await socket.receive(text_data="{}")
    socket.machine.receive_audio.assert_not_called()
    await socket.outbox._deliver(SendAudio(b"sound"))
    assert socket.sent.empty()
