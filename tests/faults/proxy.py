"""A TCP proxy that loses its connections when it is told to, loudly or without a word."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

_BLOCK = 65_536


class Proxy:
    """Stands between a client and a server. Cut or silent, it refuses what is new."""

    def __init__(self, host: str, port: int, change: Callable[[bytes], bytes] = bytes) -> None:
        self._change = change
        self._upstream = (host, port)
        self._refuses = False
        self._open: set[asyncio.StreamWriter] = set()
        self._forgotten: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Every connection is reset, without a closing handshake."""
        self._refuses = True
        for writer in self._open:
            writer.transport.abort()

    def fall_silent(self) -> None:
        """No connection carries anything any more, and neither side is told."""
        self._refuses = True
        self._forgotten |= self._open

    def restore(self) -> None:
        """New connections go through again."""
        self._refuses = False

    async def end(self) -> None:
        """Cut, and wait until nothing is left."""
        self.cut()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection of a client."""
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on, both ways, until either side ends it."""
        if self._refuses:
            writer.transport.abort()
            return
        up_reader, up_writer = await asyncio.open_connection(*self._upstream)
        pair = {writer, up_writer}
        self._open |= pair
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, up_writer))
                group.create_task(self._pump(up_reader, writer))
        finally:
            self._open -= pair
            self._forgotten -= pair
            for end in pair:
                end.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while block := await reader.read(_BLOCK):
                if writer not in self._forgotten:
                    writer.write(self._change(block))
                    await writer.drain()
            if writer not in self._forgotten:
                writer.write_eof()


@contextlib.asynccontextmanager
async def proxy(base_url: str, change: Callable[[bytes], bytes] = bytes) -> AsyncIterator[Proxy]:
    """A proxy before the server at ``base_url``, on a free port of this machine.

    ``change`` may change what passes, block by block, either way.
    """
    address = urlsplit(base_url)
    assert address.hostname is not None
    assert address.port is not None
    passing = Proxy(address.hostname, address.port, change)
    server = await asyncio.start_server(passing.accept, "127.0.0.1", 0)
    passing.port = server.sockets[0].getsockname()[1]
    try:
        yield passing
    finally:
        server.close()
        await passing.end()
