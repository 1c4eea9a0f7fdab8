"""One address before several web processes, where no proxy is installed: each connection goes to
the next of them that takes it.

It passes on bytes and knows nothing of HTTP, so it says no ``X-Forwarded-*``; a process that is
draining refuses connections, and the next one gets them.
"""

import argparse
import asyncio
import contextlib
import signal
from collections.abc import Sequence
from typing import Final

_BLOCK: Final = 65_536
_CONNECT_SECONDS: Final = 2.0

Address = tuple[str, int]


class Balancer:
    """Takes turns among ``upstreams``; refuses where none of them takes a connection."""

    def __init__(self, upstreams: Sequence[Address]) -> None:
        self._upstreams = list(upstreams)
        self._turn = 0
        self._serving: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection of a client."""
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def end(self) -> None:
        """Cut every connection."""
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = await self._connect()
        if upstream is None:
            writer.transport.abort()
            return
        up_reader, up_writer = upstream
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_pass_on(reader, up_writer))
                group.create_task(_pass_on(up_reader, writer))
        finally:
            for end in (writer, up_writer):
                end.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in self._upstreams:
            host, port = self._upstreams[self._turn % len(self._upstreams)]
            self._turn += 1
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(_CONNECT_SECONDS):
                    return await asyncio.open_connection(host, port)
        return None


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while block := await reader.read(_BLOCK):
            writer.write(block)
            await writer.drain()
    with contextlib.suppress(OSError):
        # What has ended one way may go on the other.
        writer.write_eof()


async def balance(listen: Address, upstreams: Sequence[Address]) -> None:
    """Serve until SIGTERM or SIGINT."""
    balancer = Balancer(upstreams)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    server = await asyncio.start_server(balancer.accept, *listen, backlog=512)
    print(f"listening on {listen[0]}:{listen[1]}", flush=True)
    await stopped.wait()
    server.close()
    await balancer.end()


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return host, int(port)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("listen", type=_address, help="host:port")
    parser.add_argument("upstreams", type=_address, nargs="+", help="host:port of a web process")
    options = parser.parse_args()
    asyncio.run(balance(options.listen, options.upstreams))


if __name__ == "__main__":
    main()
