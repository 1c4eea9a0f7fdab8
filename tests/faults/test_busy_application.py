"""What daphne holds for an application that does not come to read it."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from unittest.mock import Mock

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from sessions_app.rehearsal.own_server import free_port
from speechcoach.daphne_server import MESSAGE_BYTES, MOST_UNREAD_BYTES, Inbox

PIECE = bytes(64_000)
PIECES = 800
LOOKS = 200
ONE_READ = 65_536
"""What Twisted takes from a socket at a time: as much may come behind the pause."""


def sound(size: int) -> dict[str, object]:
    """A message that counts as ``size`` bytes."""
    return {"type": "websocket.receive", "bytes": bytes(size - MESSAGE_BYTES)}


async def all_pieces(socket: ClientConnection) -> None:
    for _ in range(PIECES):
        await socket.send(PIECE)
        # What a fast server takes at once leaves no turn for reading what it says.
        await asyncio.sleep(0)
    await socket.send("end")


@pytest.fixture
def port() -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "tests.faults.busy_process", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield port
        process.terminate()


async def test_who_sends_more_than_is_taken_waits_and_loses_nothing(port):
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
        connect(f"ws://127.0.0.1:{port}/", compression=None) as socket,
    ):
        sending = asyncio.create_task(all_pieces(socket))
        for _ in range(LOOKS):
            unread = int((await http.get("/unread")).text)
            assert unread * len(PIECE) <= MOST_UNREAD_BYTES + len(PIECE) + ONE_READ
        assert not sending.done()
        await http.get("/go")
        assert await socket.recv() == str(PIECES * len(PIECE))
        await sending


async def test_a_close_is_answered_though_more_is_sent_behind_it(port):
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
        connect(f"ws://127.0.0.1:{port}/", compression=None) as socket,
    ):
        await http.get("/go")
        await socket.send("end")
        with pytest.raises(ConnectionClosed) as closed:
            await all_pieces(socket)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4000


async def test_a_client_is_read_again_when_half_has_been_taken():
    transport = Mock()
    inbox = Inbox(Mock(transport=transport))
    inbox.put_nowait({"type": "websocket.connect"})
    for _ in range(4):
        inbox.put_nowait(sound(MOST_UNREAD_BYTES // 4))
    transport.pauseProducing.assert_not_called()
    inbox.put_nowait({"type": "websocket.receive", "text": "x"})
    inbox.put_nowait(sound(MESSAGE_BYTES))
    transport.pauseProducing.assert_called_once_with()
    for _ in range(3):
        await inbox.get()
    transport.resumeProducing.assert_not_called()
    await inbox.get()
    transport.resumeProducing.assert_called_once_with()


async def test_after_its_end_it_takes_only_the_news_that_the_client_has_gone():
    transport = Mock()
    inbox = Inbox(Mock(transport=transport))
    inbox.put_nowait(sound(MOST_UNREAD_BYTES + 1))
    inbox.end()
    transport.resumeProducing.assert_called_once_with()
    inbox.put_nowait(sound(MOST_UNREAD_BYTES + 1))
    inbox.put_nowait({"type": "websocket.disconnect", "code": 1000})
    transport.pauseProducing.assert_called_once_with()
    assert [(await inbox.get())["type"] for _ in range(inbox.qsize())] == [
        "websocket.receive",
        "websocket.disconnect",
    ]


async def test_for_chunks_that_are_no_piece_yet_nobody_is_woken_until_something_else_is_said():
    protocol = Mock(STATE_OPEN=3, state=3)
    socket = protocol.transport.getHandle.return_value
    inbox = Inbox(protocol)

    def heard(chunks: list[bytes]) -> None:
        inbox.lane["wanted"] = (6_400 - 1_600 * (len(chunks) - 1), 0.25)

    inbox.lane["take"] = heard
    for _ in range(2):
        inbox.put_nowait(sound(1_600))
    assert not socket.setsockopt.called
    await asyncio.sleep(0)
    # Once for what was read together.
    assert [call.args[2] for call in socket.setsockopt.call_args_list] == [6_400]
    inbox.put_nowait(sound(1_600))
    inbox.put_nowait({"type": "websocket.receive", "text": "stop"})
    await asyncio.sleep(0)
    assert [call.args[2] for call in socket.setsockopt.call_args_list] == [6_400, 1]
    assert inbox.lane["tell"]("heard")
    protocol.serverSend.assert_called_once_with("heard")
    protocol.state = 1
    assert not inbox.lane["tell"]("too late")
