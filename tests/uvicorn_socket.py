"""uvicorn's end of a WebSocket without a network."""

import asyncio
from typing import Any
from unittest.mock import Mock

from uvicorn import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.client import ClientProtocol
from websockets.http11 import Response
from websockets.uri import parse_uri

from speechcoach.uvicorn_server import AudioProtocol
from tests.audio_socket import AudioSocket
from tests.wire_frames import MOST_BYTES, turns


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


class UvicornSocket(AudioSocket):
    """With our protocol or, ``inherited``, with uvicorn's own."""

    def __init__(self, *, inherited: bool = False) -> None:
        super().__init__()
        self.wire = Wire()
        kind: type[WebSocketsSansIOProtocol] = (
            WebSocketsSansIOProtocol if inherited else AudioProtocol
        )
        config = Config(self._application, ws=kind, ws_max_size=MOST_BYTES, interface="asgi3")
        config.load()
        self.protocol = kind(config, ServerState(), {}, asyncio.get_running_loop())
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
        self._parser = Mock(wraps=self.protocol.conn.receive_data)
        self.protocol.conn.receive_data = self._parser  # type: ignore[method-assign]

    def feed(self, data: bytes) -> None:
        if not self.wire.closing:
            self.protocol.data_received(data)

    @property
    def answered(self) -> tuple[bytes, bool]:
        return bytes(self.wire.written), self.wire.closing

    @property
    def marks(self) -> list[int]:
        return self.wire.marks

    def parser_calls(self) -> int:
        return self._parser.call_count

    async def reads(self) -> None:
        await turns(lambda: not (self.wire.paused and self.protocol.tasks))

    async def over(self) -> None:
        self.protocol.connection_lost(None)
        await asyncio.gather(*self.protocol.tasks)
