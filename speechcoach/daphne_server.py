"""Daphne as the embedded stack runs it."""

import asyncio
import time
from functools import partial
from typing import Any, Final

from daphne.http_protocol import WebRequest
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

from speechcoach.audio_lane import EXTENSION, new_lane
from speechcoach.low_water import LowWaterMark
from speechcoach.plain_frames import plain_messages

HEARTBEAT_SECONDS = 20
MOST_UNREAD_BYTES: Final = 2**20
"""Of one socket, before no more is read from it: 25 seconds of a microphone's sound."""
MESSAGE_BYTES: Final = 500
"""What a message costs besides its content."""


class Inbox(asyncio.Queue[dict[str, Any]]):
    """What a socket's client has sent and its application has not taken yet.

    Daphne itself reads whatever a client sends, and holds it in memory for as long as the
    application is busy. Here a client whose messages lie unread waits, as it does on uvicorn.

    Args:
        protocol: the client's socket.
    """

    def __init__(self, protocol: Any) -> None:
        super().__init__()
        self._protocol = protocol
        self._transport = protocol.transport
        self._unread = 0
        self._paused = False
        self._over = False
        self._low_water = LowWaterMark(self._transport.getHandle())
        self._heard = False
        self.lane = new_lane(self._tell)

    def end(self) -> None:
        """The application has closed: the client's answer is read, and nothing else of it kept."""
        self._over = True
        self._low_water.lower()
        self._go_on()

    @property
    def hands_over(self) -> bool:
        """Whether audio does not wait here."""
        return self.lane["take"] is not None and self.empty() and not self._over

    def hand_over(self, pcms: list[bytes]) -> None:
        """Give audio to the application at once."""
        if (take := self.lane["take"]) is not None:
            take(pcms)
        if not self._heard:
            self._heard = True
            # Once for all that was read together.
            asyncio.get_running_loop().call_soon(self._wait_for_more)

    def put_nowait(self, message: dict[str, Any]) -> None:
        pcm = message.get("bytes")
        if pcm is not None and self.hands_over:
            self.hand_over([pcm])
            return
        # What follows may be about this.
        self._heard = False
        self._low_water.lower()
        size = _size(message)
        if size and self._over:
            return
        super().put_nowait(message)
        self._unread += size
        if self._unread > MOST_UNREAD_BYTES and not self._paused and not self._over:
            self._paused = True
            self._transport.pauseProducing()

    async def get(self) -> dict[str, Any]:
        message = await super().get()
        self._unread -= _size(message)
        if self._unread <= MOST_UNREAD_BYTES // 2:
            self._go_on()
        return message

    def _wait_for_more(self) -> None:
        if self._heard:
            self._heard = False
            self._low_water.set(*self.lane["wanted"])

    def _tell(self, text: str) -> bool:
        if self._over or self._protocol.state != self._protocol.STATE_OPEN:
            return False
        self._protocol.serverSend(text)
        return True

    def _go_on(self) -> None:
        if self._paused:
            self._paused = False
            self._transport.resumeProducing()


def _size(message: dict[str, Any]) -> int:
    if message["type"] != "websocket.receive":
        return 0
    return MESSAGE_BYTES + len(message.get("bytes") or message.get("text") or "")


class AudioSocket(WebSocketProtocol):  # type: ignore[misc] # untyped
    """Reads audio by itself, where its application takes it at once.

    Autobahn, below daphne, takes a seventh of what a chunk costs in all. Whatever else a client
    sends, in whatever pieces, is autobahn's, with its limits and its close codes.
    """

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        at = self._hand_over(data)
        if at < len(data):
            super().dataReceived(data[at:] if at else data)

    def _hand_over(self, data: bytes) -> int:
        """Gives where the rest begins."""
        if self.state != self.STATE_OPEN or not self.application_queue.hands_over:
            return 0
        if self.data or self.current_frame is not None or self.inside_message:
            return 0
        longest = min(self.maxFramePayloadSize, self.maxMessagePayloadSize)
        chunks, at = plain_messages(data, longest)
        if chunks:
            # Who sends is there, whether or not a ping was answered.
            self.last_ping = time.time()
            if self.autoPingTimeoutCall is not None:
                self._cancelAutoPingTimeoutCall()
            self.application_queue.hand_over(chunks)
        return at


# Daphne makes its factory where nothing can be handed in.
WebSocketFactory.protocol = AudioSocket


class _Flow:
    """Whether a client takes what it is sent: a push producer of Twisted's, which tells us so."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.open.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        self.open.set()

    def stopProducing(self) -> None:  # noqa: N802
        self.open.set()


class PatientServer(Server):  # type: ignore[misc] # untyped
    """Gives a page as long to answer a close as it has to answer a ping.

    Autobahn's default is one second. Then it resets the connection, and a page that was busy loses
    the close code: it takes itself for cut off and claims back what another tab has taken over.

    And what lies in memory for a client that is slow, or for an application that is, has an end: it
    waits for the clients of streams, and lets clients of sockets wait. Daphne itself takes whatever
    either has to say.
    """

    def protocol_connected(self, protocol: Any) -> None:
        super().protocol_connected(protocol)
        if isinstance(protocol, WebSocketProtocol):
            protocol.closeHandshakeTimeout = HEARTBEAT_SECONDS

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if not isinstance(protocol, WebSocketProtocol):
            return super().create_application(protocol, scope)
        # As the inherited one does, with another queue, and a way past it for audio.
        inbox = Inbox(protocol)
        scope.setdefault("asgi", {"version": "3.0"})
        scope.setdefault("extensions", {})[EXTENSION] = inbox.lane
        application = self.application(
            scope=scope, receive=inbox.get, send=partial(self.handle_reply, protocol)
        )
        if protocol not in self.connections:
            return None
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(application)
        return inbox

    async def handle_reply(self, protocol: Any, message: Any) -> None:
        if isinstance(protocol, WebSocketProtocol) and message["type"] == "websocket.close":
            protocol.application_queue.end()
        if not isinstance(protocol, WebRequest) or message["type"] != "http.response.body":
            await super().handle_reply(protocol, message)
            return
        flow: _Flow | None = getattr(protocol, "flow", None)
        if not message.get("more_body"):
            if flow is not None and protocol.channel is not None:
                protocol.unregisterProducer()
            await super().handle_reply(protocol, message)
            return
        if flow is None and protocol.channel is not None:
            flow = protocol.flow = _Flow()
            protocol.registerProducer(flow, True)
        await super().handle_reply(protocol, message)
        if flow is not None:
            await self._taken(protocol, flow)

    @staticmethod
    async def _taken(protocol: Any, flow: _Flow) -> None:
        """Wait for room. Who gives up waiting leaves a client that does not read: it is cut off."""
        try:
            await flow.open.wait()
        except asyncio.CancelledError:
            if protocol.channel is not None:
                protocol.channel.transport.abortConnection()
            raise


embedded_server = partial(
    PatientServer, ping_interval=HEARTBEAT_SECONDS, ping_timeout=HEARTBEAT_SECONDS
)
"""With the contract's heartbeat: a ping every 20 s, gone after 20 s without a pong."""
