"""The manager of everything that belongs to a club."""

from typing import Any, Never, TypeVar

from django.db import models
from django.db.models.sql import Query
from django_scopes import get_scope
from django_scopes.exceptions import ScopeError

_M = TypeVar("_M", bound=models.Model)


class ClubManager(models.Manager[_M]):
    """Sees the rows of the club in force (``clubs.scoping``), by their ``club`` field.

    Without a club in force a query raises ``ScopeError``; only ``create``, ``bulk_create`` and
    ``none`` work. It does what ``django_scopes.ScopedManager(club="club")`` does, obeys the same
    ``scope`` and ``scopes_disabled``, and closes what that leaves open: ``exists``, ``exclude`` and
    ``async for`` answer there across all clubs, and a scope of ``None`` means all of them.
    """

    def get_queryset(self) -> models.QuerySet[_M]:
        scope = get_scope()
        if not scope.get("_enabled", True):
            return super().get_queryset()
        club = scope.get("club")
        if club is None:
            return _ClosedQuerySet(self.model, query=_ClosedQuery(self.model), using=self._db)
        if isinstance(club, tuple):
            return super().get_queryset().filter(club__in=club)
        return super().get_queryset().filter(club=club)

    def none(self) -> models.QuerySet[_M]:
        return super().get_queryset().none()


def _refuse(*args: Any, **kwargs: Any) -> Never:
    raise ScopeError("A club needs to be in force for this query: see clubs.scoping.")


class _ClosedQuery(Query):
    """A query for which no SQL is ever written, whatever way it is asked to run."""

    get_compiler = _refuse


class _ClosedQuerySet(models.QuerySet[_M]):
    """Refuses at once what refines it, and what would write SQL with another query than its own."""

    _chain = _refuse
    update = _refuse
    delete = _refuse
    raw = _refuse
