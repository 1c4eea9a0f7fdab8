"""A peer of the socket that answers pings, or does not: below what a WebSocket library does."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.typing import Origin, Subprotocol
from websockets.uri import parse_uri

from tests.server import DEADLINE_SECONDS, Received, Server, sign_in


@dataclass
class Peer:
    """``pings`` are the moments at which one came, in seconds of the monotonic clock."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    protocol: ClientProtocol
    answers: bool
    pings: list[float] = field(default_factory=list)
    received: Received = field(default_factory=Received)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def read(self) -> None:
        """Take what comes, until the server ends the connection."""
        with contextlib.suppress(ConnectionError):
            while data := await self.reader.read(65_536):
                self.protocol.receive_data(data)
                async with self._news:
                    for event in self.protocol.events_received():
                        self._take(event)
                    self._news.notify_all()
                # The protocol has a pong or a close ready here.
                answer = self.protocol.data_to_send()
                if self.answers:
                    self.writer.writelines(answer)
        self.gone.set()

    def _take(self, event: Any) -> None:
        if not isinstance(event, Frame):
            return
        if event.opcode is Opcode.PING:
            self.pings.append(time.monotonic())
        elif event.opcode is Opcode.TEXT:
            self.received.frames.append(json.loads(bytes(event.data)))

    def send(self, kind: str, **fields: Any) -> None:
        self.protocol.send_text(json.dumps({"type": kind, **fields}).encode())
        self.writer.writelines(self.protocol.data_to_send())

    def send_audio(self, pcm: bytes) -> None:
        self.protocol.send_binary(pcm)
        self.writer.writelines(self.protocol.data_to_send())

    async def expect(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The first message of this type with these fields, come or to come."""

        def found() -> list[dict[str, Any]]:
            return [one for one in self.received.of(kind) if fields.items() <= one.items()]

        async with asyncio.timeout(DEADLINE_SECONDS), self._news:
            await self._news.wait_for(lambda: bool(found()))
        return found()[0]


@contextlib.asynccontextmanager
async def peer(server: Server, *, answers: bool) -> AsyncIterator[Peer]:
    """Connected to a session of its own, past the greeting."""
    async with await sign_in(server) as account:
        token = await account.ticket("harbour")
    protocol = ClientProtocol(
        parse_uri(server.socket_url),
        origin=Origin(server.origin),
        subprotocols=[Subprotocol("speechcoach.v1"), Subprotocol(f"ticket.{token}")],
    )
    address = urlsplit(server.base_url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    protocol.send_request(protocol.connect())
    writer.writelines(protocol.data_to_send())
    one = Peer(reader, writer, protocol, answers)
    reading = asyncio.create_task(one.read())
    try:
        await one.expect("session_info")
        yield one
    finally:
        writer.transport.abort()
        await reading
