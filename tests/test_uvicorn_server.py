"""Whatever a client sends, in whatever pieces: what uvicorn's own protocol makes of it."""

import asyncio
from collections.abc import Callable
from typing import Any, cast
from unittest.mock import Mock

import pytest
from hypothesis import example, given
from uvicorn import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.http11 import Response
from websockets.uri import parse_uri

from sessions_app.live import fast_lane
from speechcoach.uvicorn_server import AudioProtocol
from tests.wire_frames import (
    LOOKALIKE_AT,
    LOOKALIKES,
    MOST_BYTES,
    PCM,
    Message,
    cuts,
    frames_of,
    messages,
    stream_of,
    turns,
    wrong,
)


class Wire(asyncio.Transport):
    """A transport that keeps what is written, and how many unread bytes wake its reader."""

    def __init__(self) -> None:
        self.marks: list[int] = []
        connection = Mock(setsockopt=lambda _level, _option, mark: self.marks.append(mark))
        super().__init__({"socket": connection})
        self.written = bytearray()
        self.closing = False
        self.paused = False
        self.pauses = 0

    def write(self, data: Any) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    def pause_reading(self) -> None:
        self.paused = True
        self.pauses += 1

    def resume_reading(self) -> None:
        self.paused = False


class Socket:
    """A socket of ``protocol`` whose application notes what it is given."""

    def __init__(self, protocol: type[WebSocketsSansIOProtocol]) -> None:
        self.got: list[Message] = []
        self.missing = 0
        self.tell: Callable[[str], bool] = lambda _text: False
        self.handed = 0
        self.wire = Wire()
        config = Config(self._application, ws=protocol, ws_max_size=MOST_BYTES, interface="asgi3")
        config.load()
        self.protocol = protocol(config, ServerState(), {}, asyncio.get_running_loop())
        self.protocol.connection_made(self.wire)
        client = ClientProtocol(parse_uri("ws://club.example/ws/session"))
        client.send_request(client.connect())
        self.protocol.data_received(b"".join(client.data_to_send()))
        self.client = client

    async def opened(self) -> None:
        await turns(lambda: self.protocol.handshake_complete)
        self.client.receive_data(bytes(self.wire.written))
        assert isinstance(self.client.events_received()[0], Response)
        self.wire.written.clear()

    async def reads(self) -> None:
        """Until it would be given more, as far as there will be more."""
        await turns(lambda: not (self.wire.paused and self.protocol.tasks))

    async def settled(self) -> None:
        for _ in range(200):
            await asyncio.sleep(0)

    async def over(self) -> None:
        self.protocol.connection_lost(None)
        await asyncio.gather(*self.protocol.tasks)

    def _hear(self, pcms: list[bytes]) -> int:
        self.got += [("audio", bytes(pcm)) for pcm in pcms]
        return self.missing

    async def _application(self, scope: Any, receive: Any, send: Any) -> None:
        self.tell = fast_lane.lane_of(scope)["tell"]
        receive_others = fast_lane.beside(scope, receive, self._hear)
        await receive_others()
        await send({"type": "websocket.accept"})
        while (message := await receive_others())["type"] == "websocket.receive":
            # Busy: what comes meanwhile must not overtake it.
            await asyncio.sleep(0)
            self.got.append(("text", message["text"].encode()))
            if message["text"] == "close":
                await send({"type": "websocket.close", "code": 4000})


async def fed(socket: Socket, stream: bytes, pieces: list[tuple[int, int]]) -> None:
    await socket.settled()
    at = 0
    for size, idle in pieces:
        await socket.reads()
        if at < len(stream) and not socket.wire.closing:
            socket.protocol.data_received(stream[at : at + size])
        at += size
        for _ in range(idle):
            await asyncio.sleep(0)
    await fed_rest(socket, stream[at:])


async def fed_rest(socket: Socket, rest: bytes) -> None:
    await socket.reads()
    if rest and not socket.wire.closing:
        socket.protocol.data_received(rest)
    await socket.settled()


@given(messages, cuts)
@example([("audio", 1_600, 1)] * 60 + [("text", 1, 1)] + [("audio", 1_600, 1)] * 3, [])
@example([("text", 1, 1), ("audio", 1_600, 1)], [])
def test_every_message_comes_once_and_in_order(sent, pieces):
    async def run() -> None:
        socket = Socket(AudioProtocol)
        await socket.opened()
        expected, stream = stream_of(sent)
        await fed(socket, stream, pieces)
        assert socket.got == expected
        await socket.over()

    asyncio.run(run())


@given(wrong)
def test_what_is_wrong_is_answered_as_by_uvicorn_itself(parts):
    async def run() -> None:
        ours, theirs = Socket(AudioProtocol), Socket(WebSocketsSansIOProtocol)
        for socket in (ours, theirs):
            await socket.opened()
            for part in parts:
                await fed_rest(socket, part)
        assert ours.wire.written == theirs.wire.written
        assert ours.wire.closing == theirs.wire.closing
        assert ours.got == theirs.got
        for socket in (ours, theirs):
            await socket.over()

    asyncio.run(run())


async def test_audio_is_handed_over_without_the_queue(monkeypatch):
    socket = Socket(AudioProtocol)
    await socket.opened()
    await socket.settled()
    protocol = cast("AudioProtocol", socket.protocol)
    chunk = frames_of("audio", PCM, 1)
    # Nor is the inherited parser given it.
    parser = Mock(wraps=protocol.conn.receive_data)
    monkeypatch.setattr(protocol.conn, "receive_data", parser)
    protocol.data_received(chunk * 3)
    assert socket.got == [("audio", PCM)] * 3
    assert socket.wire.pauses == 0
    parser.assert_not_called()
    protocol.data_received(chunk * 100)
    assert len(socket.got) == 3 + fast_lane.YIELD_EVERY
    assert socket.wire.pauses == 1
    await socket.settled()
    assert len(socket.got) == 103
    await socket.over()


@pytest.mark.parametrize("kind", LOOKALIKES)
async def test_what_looks_like_a_message_within_a_frame_is_none(kind):
    socket = Socket(AudioProtocol)
    await socket.opened()
    await socket.settled()
    frame = LOOKALIKES[kind]
    socket.protocol.data_received(frame[:LOOKALIKE_AT])
    socket.protocol.data_received(frame[LOOKALIKE_AT:] + frames_of("audio", PCM, 1))
    await socket.settled()
    assert socket.got[-1] == ("audio", PCM)
    assert socket.got[:-1] == [("audio", frame[6:])] * (kind == "a message")
    await socket.over()


async def test_nothing_is_handed_over_after_a_close():
    socket = Socket(AudioProtocol)
    await socket.opened()
    socket.protocol.data_received(frames_of("text", b"close", 1))
    await socket.settled()
    socket.protocol.data_received(frames_of("audio", PCM, 1))
    await socket.settled()
    assert socket.got == [("text", b"close")]
    await socket.over()


async def test_nobody_is_woken_for_less_than_is_wanted_until_something_else_is_said():
    socket = Socket(AudioProtocol)
    await socket.opened()
    await socket.settled()
    socket.missing = 3_200
    chunk = frames_of("audio", PCM, 1)
    socket.protocol.data_received(chunk)
    socket.protocol.data_received(chunk * 5)
    assert socket.wire.marks == [6_400]
    # What comes next may be about it.
    socket.protocol.data_received(frames_of("text", b"pause", 1))
    await socket.settled()
    socket.protocol.data_received(frames_of("text", b"go on", 1))
    await socket.settled()
    assert socket.wire.marks == [6_400, 1]
    socket.protocol.data_received(chunk)
    assert socket.wire.marks == [6_400, 1, 6_400]
    socket.protocol.data_received(chunk + frames_of("text", b"stop", 1))
    assert socket.wire.marks == [6_400, 1, 6_400, 1]
    await socket.over()


async def test_a_text_is_sent_at_once_where_it_can_be():
    socket = Socket(AudioProtocol)
    await socket.opened()
    assert socket.tell("first")
    assert socket.tell("second")
    socket.client.receive_data(bytes(socket.wire.written))
    events = socket.client.events_received()
    assert [bytes(one.data) for one in events if isinstance(one, Frame)] == [b"first", b"second"]
    # One that does not read is waited for by ``send``.
    socket.protocol.pause_writing()
    assert not socket.tell("third")
    socket.protocol.resume_writing()
    socket.protocol.data_received(frames_of("text", b"close", 1))
    await socket.settled()
    assert not socket.tell("too late")
    await socket.over()


async def test_to_a_client_that_is_gone_nothing_is_sent():
    socket = Socket(AudioProtocol)
    await socket.opened()
    await socket.settled()
    socket.protocol.connection_lost(ConnectionResetError())
    assert not socket.tell("too late")
    assert not socket.wire.written
    await asyncio.gather(*socket.protocol.tasks)
