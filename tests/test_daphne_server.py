"""Whatever a client sends, in whatever pieces: what autobahn, below daphne, makes of it."""

import asyncio
from typing import Any
from unittest.mock import Mock, patch

import pytest
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from hypothesis import example, given
from twisted.internet.testing import StringTransport
from websockets.client import ClientProtocol
from websockets.http11 import Response
from websockets.uri import parse_uri

from sessions_app.live import fast_lane
from speechcoach.daphne_server import AudioSocket, PatientServer
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


class Transport(StringTransport):
    """A transport that keeps what is written, and how many unread bytes wake its reader."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: list[int] = []
        self.written = bytearray()

    def getHandle(self) -> Any:  # noqa: N802 - Twisted's name
        return Mock(setsockopt=lambda _level, _option, mark: self.marks.append(mark))

    def write(self, data: bytes) -> None:
        self.written += data

    def abortConnection(self) -> None:  # noqa: N802 - Twisted's name
        self.disconnecting = True

    def setTcpNoDelay(self, enabled: bool) -> None:  # noqa: N802 - Twisted's name
        """As a socket's."""

    def unregisterProducer(self) -> None:  # noqa: N802 - Twisted's name
        """As a socket's: though there may be none."""


class Socket:
    """A socket of ``protocol`` whose application notes what it is given."""

    def __init__(self, protocol: type[WebSocketProtocol]) -> None:
        self.got: list[Message] = []
        self.missing = 0
        self.server = PatientServer(self._application, ["unix:nowhere"], ping_interval=20)
        self.server.connections = {}
        with patch.object(WebSocketFactory, "protocol", protocol):
            factory = WebSocketFactory(self.server, server="Daphne")
            # Its timers would be those of a reactor that does not run.
            factory.setProtocolOptions(
                openHandshakeTimeout=0,
                maxMessagePayloadSize=MOST_BYTES,
                maxFramePayloadSize=MOST_BYTES,
            )
            self.protocol = factory.buildProtocol(None)
        self.wire = Transport()
        self.protocol._raw_query_string = b""
        self.protocol.makeConnection(self.wire)
        self.client = ClientProtocol(parse_uri("ws://club.example/ws/session"))
        self.client.send_request(self.client.connect())
        self.protocol.dataReceived(b"".join(self.client.data_to_send()))

    async def opened(self) -> None:
        await turns(lambda: self.protocol.state == self.protocol.STATE_OPEN)
        self.client.receive_data(bytes(self.wire.written))
        assert isinstance(self.client.events_received()[0], Response)
        self.wire.written.clear()

    async def settled(self) -> None:
        for _ in range(200):
            await asyncio.sleep(0)

    def feed(self, data: bytes) -> None:
        if not self.wire.disconnecting:
            self.protocol.dataReceived(data)

    async def over(self) -> None:
        self.protocol.connectionLost(Mock(value=Exception("gone")))
        await self.settled()

    def _hear(self, pcms: list[bytes]) -> int:
        self.got += [("audio", bytes(pcm)) for pcm in pcms]
        return self.missing

    async def _application(self, scope: Any, receive: Any, send: Any) -> None:
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
        if at < len(stream):
            socket.feed(stream[at : at + size])
        at += size
        for _ in range(idle):
            await asyncio.sleep(0)
    socket.feed(stream[at:])
    await socket.settled()


@given(messages, cuts)
@example([("audio", 1_600, 1)] * 60 + [("text", 1, 1)] + [("audio", 1_600, 1)] * 3, [])
@example([("text", 1, 1), ("audio", 1_600, 1)], [])
def test_every_message_comes_once_and_in_order(sent, pieces):
    async def run() -> None:
        socket = Socket(AudioSocket)
        await socket.opened()
        expected, stream = stream_of(sent)
        await fed(socket, stream, pieces)
        assert socket.got == expected
        await socket.over()

    asyncio.run(run())


@given(wrong)
@example([b"\x82\xfe\x00\x01mask."])
def test_what_is_wrong_is_answered_as_by_autobahn_itself(parts):
    async def run() -> None:
        ours, theirs = Socket(AudioSocket), Socket(WebSocketProtocol)
        for socket in (ours, theirs):
            await socket.opened()
            for part in parts:
                socket.feed(part)
                await socket.settled()
        assert ours.wire.written == theirs.wire.written
        assert ours.wire.disconnecting == theirs.wire.disconnecting
        assert ours.got == theirs.got
        for socket in (ours, theirs):
            await socket.over()

    asyncio.run(run())


async def test_audio_is_handed_over_without_the_parser(monkeypatch):
    socket = Socket(AudioSocket)
    await socket.opened()
    await socket.settled()
    parser = Mock(wraps=socket.protocol.processData)
    monkeypatch.setattr(socket.protocol, "processData", parser)
    socket.feed(frames_of("audio", PCM, 1) * 3)
    assert socket.got == [("audio", PCM)] * 3
    parser.assert_not_called()
    # The rest of a read has its turn as well, in order.
    socket.feed(frames_of("audio", PCM, 1) * 100 + frames_of("text", b"stop", 1))
    assert parser.called
    await socket.settled()
    assert socket.got == [("audio", PCM)] * 103 + [("text", b"stop")]
    await socket.over()


async def test_who_sends_audio_is_there_though_a_ping_was_not_answered():
    socket = Socket(AudioSocket)
    await socket.opened()
    await socket.settled()
    overdue = socket.protocol.autoPingTimeoutCall = Mock()
    socket.protocol.last_ping = 0
    socket.feed(frames_of("audio", PCM, 1))
    overdue.cancel.assert_called_once_with()
    assert socket.protocol.autoPingTimeoutCall is None
    assert socket.protocol.last_ping > 0
    await socket.over()


@pytest.mark.parametrize("kind", LOOKALIKES)
async def test_what_looks_like_a_message_within_a_frame_is_none(kind):
    socket = Socket(AudioSocket)
    await socket.opened()
    await socket.settled()
    frame = LOOKALIKES[kind]
    socket.feed(frame[:LOOKALIKE_AT])
    socket.feed(frame[LOOKALIKE_AT:] + frames_of("audio", PCM, 1))
    await socket.settled()
    assert socket.got[-1] == ("audio", PCM)
    assert socket.got[:-1] == [("audio", frame[6:])] * (kind == "a message")
    await socket.over()


async def test_nothing_is_handed_over_after_a_close():
    socket = Socket(AudioSocket)
    await socket.opened()
    socket.feed(frames_of("text", b"close", 1))
    await socket.settled()
    socket.feed(frames_of("audio", PCM, 1))
    await socket.settled()
    assert socket.got == [("text", b"close")]
    await socket.over()


async def test_nobody_is_woken_for_less_than_is_wanted_until_something_else_is_said():
    socket = Socket(AudioSocket)
    await socket.opened()
    await socket.settled()
    socket.missing = 3_200
    socket.feed(frames_of("audio", PCM, 1) * 5)
    await socket.settled()
    assert socket.wire.marks == [6_400]
    socket.feed(frames_of("audio", PCM, 1) + frames_of("text", b"stop", 1))
    await socket.settled()
    assert socket.wire.marks == [6_400, 1]
    await socket.over()


def test_daphne_uses_it():
    assert WebSocketFactory.protocol is AudioSocket
