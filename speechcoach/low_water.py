"""The receive low-water mark of a socket: below how many unread bytes its event loop is not woken.

A microphone brings twenty chunks a second, and to be woken for each costs more than to read it. But
the kernel knows no time: what is said after the sound has stopped, or in a few bytes, would wait
for ever. So a mark has an end, and is as good as none from then on. The end of a connection is told
at once in any case.
"""

import asyncio
import socket
from contextlib import suppress
from typing import Final, Protocol
from weakref import WeakKeyDictionary

SWEEP_SECONDS: Final = 0.025
"""So much later than it should a mark may end: one timer for all costs less than one for each."""
_NONE: Final = 1
_OPTION: Final[int | None] = getattr(socket, "SO_RCVLOWAT", None)


class _Socket(Protocol):
    def setsockopt(self, level: int, option: int, value: int, /) -> None: ...


class LowWaterMark:
    """That of one socket, on the running event loop.

    Args:
        connection: None, and whatever does not know the option, is left as it is.
    """

    def __init__(self, connection: _Socket | None) -> None:
        self._socket = connection if _OPTION is not None else None
        self._marks = _marks_of(asyncio.get_running_loop())
        self._bytes = _NONE

    def set(self, count: int, seconds: float) -> None:
        """Wait for ``count`` bytes, but not longer than ``seconds`` from now. Of none: for any."""
        if self._socket is None:
            return
        self._become(max(_NONE, count))
        if count > _NONE:
            self._marks.expect(self, seconds)

    def lower(self) -> None:
        """From now on any byte wakes."""
        self._become(_NONE)
        self._marks.forget(self)

    def forget(self) -> None:
        """The socket is gone."""
        self._socket = None
        self._marks.forget(self)

    def _become(self, count: int) -> None:
        if count != self._bytes and self._socket is not None and _OPTION is not None:
            self._bytes = count
            # Where a socket is being closed, or is none that knows it, all stays as it is.
            with suppress(OSError):
                self._socket.setsockopt(socket.SOL_SOCKET, _OPTION, count)


class _Marks:
    """Those of one event loop that are above nothing, and when they end."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._ends: dict[LowWaterMark, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def expect(self, mark: LowWaterMark, seconds: float) -> None:
        self._ends[mark] = self._loop.time() + seconds
        if self._timer is None:
            self._timer = self._loop.call_later(SWEEP_SECONDS, self._sweep)

    def forget(self, mark: LowWaterMark) -> None:
        self._ends.pop(mark, None)

    def _sweep(self) -> None:
        now = self._loop.time()
        for mark in [mark for mark, end in self._ends.items() if end <= now]:
            mark.lower()
        self._timer = self._loop.call_later(SWEEP_SECONDS, self._sweep) if self._ends else None


_of_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Marks] = WeakKeyDictionary()


def _marks_of(loop: asyncio.AbstractEventLoop) -> _Marks:
    marks = _of_loops.get(loop)
    if marks is None:
        marks = _of_loops[loop] = _Marks(loop)
    return marks
