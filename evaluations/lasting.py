"""Work on rows that outlasts a restart of the database: nobody has to ask for it again."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

log = logging.getLogger(__name__)

_T = TypeVar("_T")

AWAY = (OperationalError, InterfaceError)
"""What a database raises that cannot answer, or not just now."""
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.5


def lasting(
    write: Callable[[], _T],
    *,
    seconds: float = PATIENCE_SECONDS,
    now: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> _T:
    """What ``write`` gives, tried until the database answers, or for ``seconds``.

    ``write`` may be done twice: of a commit that was cut off, nobody knows whether it went through.
    It stands in no transaction, since that would be lost as a whole.
    """
    until = now() + seconds
    while True:
        try:
            return write()
        except AWAY as error:
            if connection.in_atomic_block or now() >= until:
                raise
            log.warning("the database does not answer: %s", type(error).__name__)
            connection.close()
            pause(PAUSE_SECONDS)


async def outlasting(
    ask: Callable[[], Awaitable[_T]],
    late: Callable[[], None],
    *,
    seconds: float = PATIENCE_SECONDS,
    now: Callable[[], float] = time.monotonic,
) -> _T:
    """What ``ask`` gives, tried until the database answers, or for ``seconds``.

    ``late`` is called once, where it does not. ``ask`` may be done twice, as in ``lasting``.
    """
    until = now() + seconds
    is_late = False
    while True:
        try:
            return await ask()
        except AWAY as error:
            if now() >= until:
                raise
            log.warning("the database does not answer: %s", type(error).__name__)
            if not is_late:
                is_late = True
                late()
            await asyncio.sleep(PAUSE_SECONDS)
