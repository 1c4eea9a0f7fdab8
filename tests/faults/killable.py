"""A server process that can be killed and started again, on the same port and the same data."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

from sessions_app.rehearsal.own_server import wait_until_alive
from speechcoach.env import BASE_DIR
from tests.server import COMMANDS, Server, serving

KIND = "uvicorn"


class Killable:
    """A running server; ``server`` stays good over any number of kills."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._process = server.own.process
        self._port = int(server.base_url.rsplit(":", 1)[1])

    async def kill(self) -> None:
        """SIGKILL, to the process and its children: nothing is flushed, nobody says good-bye."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await asyncio.to_thread(self._process.wait)

    async def start(self) -> None:
        """A new process, up to its first answer."""
        await asyncio.to_thread(self._start)

    def _start(self) -> None:
        with self.server.log.open("ab") as output:
            self._process = subprocess.Popen(
                COMMANDS[KIND](self._port),
                cwd=BASE_DIR,
                env=self.server.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until_alive(self.server.own, self._process)


@contextlib.contextmanager
def killable(**more: Any) -> Iterator[Killable]:
    """A server of its own; see ``tests.server.serving`` for ``more``."""
    with serving(KIND, **more) as server:
        running = Killable(server)
        try:
            yield running
        finally:
            asyncio.run(running.kill())
