"""Daphne as the embedded stack runs it."""

import asyncio
from functools import partial
from typing import Any

from daphne.http_protocol import WebRequest
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol

HEARTBEAT_SECONDS = 20


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

    And it waits for the clients of streams. Daphne itself takes whatever a stream has to say, and
    holds in memory what its client does not read.
    """

    def protocol_connected(self, protocol: Any) -> None:
        super().protocol_connected(protocol)
        if isinstance(protocol, WebSocketProtocol):
            protocol.closeHandshakeTimeout = HEARTBEAT_SECONDS

    async def handle_reply(self, protocol: Any, message: Any) -> None:
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
