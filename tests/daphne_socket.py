"""daphne's end of a WebSocket without a network."""

from typing import Any
from unittest.mock import Mock, patch

from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet.testing import StringTransport
from websockets.client import ClientProtocol
from websockets.http11 import Response
from websockets.uri import parse_uri

from speechcoach import daphne_server
from tests.audio_socket import AudioSocket
from tests.wire_frames import MOST_BYTES, turns


class Wire(StringTransport):
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


class DaphneSocket(AudioSocket):
    """With our protocol or, ``inherited``, with daphne's own."""

    def __init__(self, *, inherited: bool = False) -> None:
        super().__init__()
        self.wire = Wire()
        server = daphne_server.PatientServer(self._application, ["unix:nowhere"])
        server.connections = {}
        kind = WebSocketProtocol if inherited else daphne_server.AudioSocket
        with patch.object(WebSocketFactory, "protocol", kind):
            factory = WebSocketFactory(server, server="Daphne")
            factory.setProtocolOptions(
                # A timer of it would be of a reactor that does not run.
                openHandshakeTimeout=0,
                maxMessagePayloadSize=MOST_BYTES,
                maxFramePayloadSize=MOST_BYTES,
            )
            self.protocol = factory.buildProtocol(None)
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
        self._parser = self.protocol.processData = Mock(wraps=self.protocol.processData)

    def feed(self, data: bytes) -> None:
        if not self.wire.disconnecting:
            self.protocol.dataReceived(data)

    @property
    def answered(self) -> tuple[bytes, bool]:
        return bytes(self.wire.written), self.wire.disconnecting

    @property
    def marks(self) -> list[int]:
        return self.wire.marks

    def parser_calls(self) -> int:
        return self._parser.call_count

    async def over(self) -> None:
        self.protocol.connectionLost(Mock(value=Exception("gone")))
        await self.settled()
