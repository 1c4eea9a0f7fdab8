"""The club in force: queries on club data see this club's rows, and raise without one."""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager

from django_scopes import scope

from clubs.models import Club
from speechcoach.logs import about


@contextmanager
def club_scope(club: Club) -> Iterator[None]:
    """While entered, scoped managers see only ``club``'s rows, and what is logged names it.

    The scope is a context variable: tasks created inside it and functions run through
    ``sync_to_async`` inherit it; threads started by hand do not, and must enter their own.
    """
    with scope(club=club), about(club=club.pk):
        yield


def clubs_scope(clubs: Collection[Club]) -> AbstractContextManager[None]:
    """The same for pages about several clubs at once: the admin of who manages more than one.

    Without any club it shows nothing.
    """
    entered: AbstractContextManager[None] = scope(club=tuple(clubs))
    return entered
