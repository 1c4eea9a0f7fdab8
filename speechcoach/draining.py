"""How a web process takes its leave: not ready any more, then closing what is open.

SIGTERM reaches the server before anybody else knows: it would stop listening while a proxy still
sends people here. So the signal is taken first, readiness ends, and the server gets the signal when
those before it have had the time to notice. Daphne runs no lifespan: it has the signal at once.
"""

import asyncio
import functools
import logging
import signal
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

log = logging.getLogger(__name__)

Handler = Callable[[int, FrameType | None], Any]

_draining = threading.Event()


def is_draining() -> bool:
    """Whether this process has been told to end."""
    return _draining.is_set()


class Lifespan:
    """The ASGI application for the life of the process.

    Args:
        notice_seconds: between the end of readiness and the server's own way of ending.
        farewells: called just before the server ends: what would never end by itself.
    """

    def __init__(self, notice_seconds: float, farewells: Sequence[Callable[[], None]]) -> None:
        self._notice = notice_seconds
        self._farewells = farewells
        self._servers: dict[int, Handler] = {}

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._take_signals()
                await send({"type": "lifespan.startup.complete"})
            else:
                self._give_signals_back()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _take_signals(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            servers = signal.getsignal(number)
            if callable(servers):
                self._servers[number] = servers
                signal.signal(number, functools.partial(self._told, loop))

    def _give_signals_back(self) -> None:
        for number, servers in self._servers.items():
            signal.signal(number, servers)
        self._servers.clear()

    def _told(self, loop: asyncio.AbstractEventLoop, number: int, frame: FrameType | None) -> None:
        if is_draining():
            # Who asks twice is in a hurry.
            self._servers[number](number, frame)
        else:
            _draining.set()
            loop.call_soon_threadsafe(self._drain, loop, number)

    def _drain(self, loop: asyncio.AbstractEventLoop, number: int) -> None:
        log.info("draining: not ready any more, closing in %g s", self._notice)
        loop.call_later(self._notice, self._end, number)

    def _end(self, number: int) -> None:
        for farewell in self._farewells:
            farewell()
        self._servers[number](number, None)
