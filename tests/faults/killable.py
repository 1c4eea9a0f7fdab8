"""A server process that can be killed and started again, on the same port and the same data."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from typing import Any

from sessions_app.rehearsal.own_server import OwnServer, free_port, running
from tests.server import COMMANDS, Server, forget_accounts, serving

KIND = "uvicorn"


class Killable:
    """A running server; ``server`` stays good over any number of kills."""

    def __init__(self, server: Server, stack: contextlib.ExitStack) -> None:
        self.server = server
        self._stack = stack
        self._process = server.own.process
        self._port = int(server.base_url.rsplit(":", 1)[1])

    async def kill(self) -> None:
        """SIGKILL, to the process and its children: nothing is flushed, nobody says good-bye."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await asyncio.to_thread(self._process.wait)

    @contextlib.contextmanager
    def beside(self) -> Iterator[Server]:
        """Another process on the same data."""
        own = self.server.own
        port = free_port()
        with running(COMMANDS[KIND](port), own.environment, own.log) as (process, output):
            base_url = f"http://127.0.0.1:{port}"
            forget_accounts(base_url)
            other = OwnServer(base_url, own.log, own.data, own.environment, process, output)
            yield Server(base_url, own.log, own.environment, other)

    async def start(self) -> None:
        """A new process, from when it listens on."""
        own = self.server.own
        started = running(COMMANDS[KIND](self._port), own.environment, own.log)
        self._process, _ = await asyncio.to_thread(self._stack.enter_context, started)


@contextlib.contextmanager
def killable(**more: Any) -> Iterator[Killable]:
    """A server of its own; see ``tests.server.serving`` for ``more``."""
    with serving(KIND, **more) as server, contextlib.ExitStack() as stack:
        yield Killable(server, stack)
