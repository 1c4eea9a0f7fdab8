"""A server's end of a WebSocket without a network: what it is fed, hands over, and answers."""

import asyncio
from typing import Any

from sessions_app.live import fast_lane
from tests.wire_frames import Message


class AudioSocket:
    """Its application notes what it is given. Subclasses are of one server each."""

    def __init__(self) -> None:
        self.got: list[Message] = []
        self.missing = 0
        self.tell = fast_lane.lane_of({})["tell"]

    # Of each server

    async def opened(self) -> None:
        raise NotImplementedError

    def feed(self, data: bytes) -> None:
        """What the client sends, unless the server has hung up."""
        raise NotImplementedError

    @property
    def answered(self) -> tuple[bytes, bool]:
        """What was written since it was opened, and whether the server has hung up."""
        raise NotImplementedError

    @property
    def marks(self) -> list[int]:
        """How many unread bytes woke its reader, one after the other."""
        raise NotImplementedError

    def parser_calls(self) -> int:
        """How often the inherited parser was asked since it was opened."""
        raise NotImplementedError

    async def over(self) -> None:
        raise NotImplementedError

    async def reads(self) -> None:
        """Until it would be given more, as far as there will be more."""

    # Of all

    async def settled(self) -> None:
        for _ in range(200):
            await asyncio.sleep(0)

    async def fed(self, stream: bytes, pieces: list[tuple[int, int]]) -> None:
        """A stream in pieces of so many bytes, so many turns after one another; then the rest."""
        await self.settled()
        at = 0
        for size, idle in pieces:
            await self.reads()
            if at < len(stream):
                self.feed(stream[at : at + size])
            at += size
            for _ in range(idle):
                await asyncio.sleep(0)
        await self.reads()
        if at < len(stream):
            self.feed(stream[at:])
        await self.settled()

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
