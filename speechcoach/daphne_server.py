"""Daphne as the embedded stack runs it."""

from functools import partial
from typing import Any

from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol

HEARTBEAT_SECONDS = 20


class PatientServer(Server):  # type: ignore[misc] # untyped
    """Gives a page as long to answer a close as it has to answer a ping.

    Autobahn's default is one second. Then it resets the connection, and a page that was busy loses
    the close code: it takes itself for cut off and claims back what another tab has taken over.
    """

    def protocol_connected(self, protocol: Any) -> None:
        super().protocol_connected(protocol)
        if isinstance(protocol, WebSocketProtocol):
            protocol.closeHandshakeTimeout = HEARTBEAT_SECONDS


embedded_server = partial(
    PatientServer, ping_interval=HEARTBEAT_SECONDS, ping_timeout=HEARTBEAT_SECONDS
)
"""With the contract's heartbeat: a ping every 20 s, gone after 20 s without a pong."""
