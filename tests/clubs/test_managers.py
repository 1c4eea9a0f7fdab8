"""A query without a club raises, by whatever way it is run. Asked of every table of club data."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.db.models import Count
from django_scopes import scope, scopes_disabled
from django_scopes.exceptions import ScopeError

from clubs.managers import ClubManager
from clubs.models import Club, Membership, User
from clubs.scoping import club_scope

TABLES = [
    model
    for model in apps.get_models()
    if any(field.name == "club" and field.related_model is Club for field in model._meta.fields)
]


async def _loop(rows):
    return [row async for row in rows]


async def _count(rows):
    return await rows.acount()


async def _exist(rows):
    return await rows.aexists()


WAYS: dict[str, Callable[[Any], object]] = {
    "list": lambda rows: list(rows.all()),
    "bool": lambda rows: bool(rows.all()),
    "index": lambda rows: rows.all()[0],
    "iterator": lambda rows: list(rows.all().iterator()),
    "get": lambda rows: rows.get(pk=1),
    "first": lambda rows: rows.first(),
    "latest": lambda rows: rows.latest("pk"),
    "filter": lambda rows: rows.filter(pk=1),
    "exclude": lambda rows: rows.exclude(pk=1).exists(),
    "exists": lambda rows: rows.exists(),
    "count": lambda rows: rows.count(),
    "contains": lambda rows: rows.contains(rows.model(pk=1)),
    "aggregate": lambda rows: rows.aggregate(Count("pk")),
    "values": lambda rows: list(rows.values_list("pk")),
    "distinct": lambda rows: list(rows.distinct()),
    "select_related": lambda rows: list(rows.select_related("club")),
    "only": lambda rows: list(rows.only("pk")),
    "in_bulk": lambda rows: rows.in_bulk(),
    "union": lambda rows: list(rows.all().union(rows.all())),
    "raw": lambda rows: list(rows.raw("SELECT * FROM sqlite_master")),
    "explain": lambda rows: rows.all().explain(),
    "update": lambda rows: rows.update(club=None),
    "delete": lambda rows: rows.all().delete(),
    "update_or_create": lambda rows: rows.update_or_create(pk=1),
    "subquery": lambda rows: list(Club.objects.filter(pk__in=rows.all())),
    "async for": lambda rows: async_to_sync(_loop)(rows.all()),
    "acount": async_to_sync(_count),
    "aexists": async_to_sync(_exist),
}


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_a_query_without_a_club_raises(model, way):
    with pytest.raises(ScopeError):
        WAYS[way](model._default_manager)


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_every_table_of_club_data_has_this_manager(model):
    assert isinstance(model._default_manager, ClubManager)


def test_a_scope_of_no_club_is_no_scope(cast):
    with scope(club=None), pytest.raises(ScopeError):
        Membership.objects.exists()


def test_adding_and_none_need_no_scope(cast):
    user = User.objects.create_user("new@anchor.example")
    Membership.objects.create(club=cast.club, user=user)
    assert not Membership.objects.none().exists()


def test_scopes_can_be_put_aside_in_so_many_words(cast):
    with scopes_disabled():
        assert Membership.objects.count() == 5


def test_every_way_is_open_again_in_a_scope(cast):
    with club_scope(cast.club):
        for name in ("list", "exists", "count", "values", "in_bulk", "aggregate", "subquery"):
            assert WAYS[name](Membership.objects) is not None
