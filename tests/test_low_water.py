"""How many unread bytes of a socket wake its event loop, on real sockets and both kinds of loop."""

import asyncio
import socket
from collections.abc import Callable

import pytest
import uvloop

from speechcoach.low_water import LowWaterMark
from tests.server import DEADLINE_SECONDS

LONG = 1_000.0
SOON = 0.05


class Reads(asyncio.Protocol):
    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.ended = False
        self.more = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.sizes.append(len(data))
        self.more.set()

    def eof_received(self) -> None:
        self.ended = True
        self.more.set()

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not reached():
                self.more.clear()
                await self.more.wait()


async def _talk() -> None:
    loop = asyncio.get_running_loop()
    server: asyncio.Future[tuple[asyncio.BaseTransport, Reads]] = loop.create_future()

    class Served(Reads):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            server.set_result((transport, self))

    listening = await loop.create_server(Served, "127.0.0.1", 0)
    client = socket.create_connection(listening.sockets[0].getsockname())
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    transport, reads = await server
    mark = LowWaterMark(transport.get_extra_info("socket"))

    # Each of the three wakes nobody; with the fourth all are read at once.
    mark.set(4_000, LONG)
    for sent in range(1, 5):
        client.sendall(bytes(1_000))
        if sent < 4:
            await asyncio.sleep(0.02)
            assert reads.sizes == []
    await reads.until(lambda: sum(reads.sizes) == 4_000)
    assert reads.sizes == [4_000]

    # It stays as it was set; what is too little for it is read when its time is up.
    mark.set(4_000, SOON)
    began = loop.time()
    client.sendall(b"stop")
    await reads.until(lambda: sum(reads.sizes) == 4_004)
    assert loop.time() - began >= SOON
    # And so is whatever comes then.
    client.sendall(b"stop")
    await reads.until(lambda: sum(reads.sizes) == 4_008)

    # A new time takes the place of the old one.
    mark.set(4_000, LONG)
    mark.set(0, 0.0)
    client.sendall(b"stop")
    await reads.until(lambda: sum(reads.sizes) == 4_012)

    # The end is told at once.
    mark.set(4_000, LONG)
    client.shutdown(socket.SHUT_WR)
    await reads.until(lambda: reads.ended)
    mark.forget()
    # Of a socket that is gone nothing is asked.
    mark.set(4_000, SOON)
    client.close()
    transport.close()
    listening.close()


@pytest.mark.parametrize("loops", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_mark_holds_back_what_is_less_and_not_for_long(loops):
    with asyncio.Runner(loop_factory=loops) as runner:
        runner.run(_talk())


async def test_what_knows_no_mark_is_left_as_it_is():
    class Deaf:
        asked = 0

        def setsockopt(self, *_args: int) -> None:
            self.asked += 1
            raise OSError

    deaf = Deaf()
    LowWaterMark(deaf).set(4_000, SOON)
    assert deaf.asked == 1
    LowWaterMark(None).set(4_000, SOON)
