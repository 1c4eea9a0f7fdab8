"""The database backend: ``ENGINE = "speechcoach.postgres"``."""

import select
from functools import partial
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError


class DatabaseWrapper(base.DatabaseWrapper):
    """Looks at a connection before it gives it away.

    A server that restarts closes all connections, and whoever gets one of them fails at the first
    question. Django's own check (``CONN_HEALTH_CHECKS``) asks the server each time, and waits for
    longer after each dead connection that it comes upon; this one asks the socket, and lets all of
    them go when it has found one.
    """

    @property
    def pool(self) -> Any:  # as Django types it
        pool = super().pool
        if pool is not None and not isinstance(pool._check, partial):
            # A pool takes one where it is made, and Django makes it with no other than its own.
            pool._check = partial(_check, pool)
        return pool


def _check(pool: Any, connection: Connection[Any]) -> None:
    """
    Raises:
        OperationalError: the server has closed it, or has said something that nobody asked for.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        pool.drain()
        raise OperationalError("the server has closed the connection")
