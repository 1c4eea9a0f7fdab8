"""Work on rows for an event loop: in threads of its own, and until the database answers."""

import functools
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

from channels.db import database_sync_to_async
from django.db import reset_queries

from clubs.models import Club
from clubs.scoping import club_scope
from evaluations.lasting import outlasting

# Not the event loop's own, where work on sound is done: a database that is away holds up nobody but
# those who wait for it.
_THREADS: Final = ThreadPoolExecutor(16, "rows")


P = ParamSpec("P")
T = TypeVar("T")


def in_thread(work: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Run in one of these threads, not in the one that all sockets share."""

    @functools.wraps(work)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        def fresh() -> T:
            # With DEBUG on, Django keeps every query of a connection, and these live for long.
            reset_queries()
            return work(*args, **kwargs)

        return await database_sync_to_async(fresh, thread_sensitive=False, executor=_THREADS)()

    return call


class OfClub(Protocol):
    """Whose methods work on a club's rows. ``late`` is called where these do not answer."""

    club: Club
    late: Callable[[], None]


S = TypeVar("S", bound=OfClub)


def apart(
    method: Callable[Concatenate[S, P], T],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Run a method in a thread, in the club's scope, until the database answers.

    Of a commit that was cut off nobody knows whether it went through: so it may be done twice.
    """

    async def call(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        @in_thread
        def scoped() -> T:
            with club_scope(self.club):
                return method(self, *args, **kwargs)

        return await outlasting(scoped, self.late)

    return functools.update_wrapper(call, method)
