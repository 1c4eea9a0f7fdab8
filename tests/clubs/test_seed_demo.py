from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django_scopes import get_scope, scopes_disabled

from clubs import demo
from clubs.models import Club, Membership, User
from clubs.scoping import club_scope

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.clubs.pages")]


@pytest.fixture(autouse=True)
def _demo_mode(settings):
    settings.DEMO_MODE = True


@pytest.fixture(autouse=True)
def seeders(monkeypatch) -> list[demo.Seeder]:
    """The registry without what other applications put there."""
    registry: list[demo.Seeder] = []
    monkeypatch.setattr(demo, "seeders", registry)
    return registry


def seed(*arguments: str) -> None:
    call_command("seed_demo", *arguments, verbosity=0)


def everything() -> tuple[Any, ...]:
    users = User.objects.order_by("pk").values_list("pk", "email", "password")
    with scopes_disabled():
        memberships = list(Membership.objects.order_by("pk").values_list())
    return list(users), memberships, list(Club.objects.order_by("pk").values_list())


def test_makes_the_clubs_and_their_people():
    seed()
    for slug, roles in {
        "harbour": ["member", "officer", "operator", "owner"],
        "riverside": ["owner"],
    }.items():
        club = Club.objects.get(slug=slug)
        with club_scope(club):
            members = Membership.objects.select_related("user").order_by("role")
            assert [m.role for m in members] == roles
            assert {m.user.email for m in members} == {f"{r}@{slug}.example" for r in roles}


def test_the_published_password_opens_every_door():
    seed()
    for person in demo.PEOPLE:
        response = Client().post(
            "/accounts/login/", {"login": person.email, "password": demo.PASSWORD}
        )
        assert response.headers["location"] == "/", person


def test_a_second_run_changes_nothing_and_hashes_nothing(monkeypatch):
    seed()
    before = everything()
    monkeypatch.setattr(demo, "make_password", None)
    seed()
    assert everything() == before


def test_one_hash_serves_all_who_are_missing():
    seed()
    assert len(set(User.objects.values_list("password", flat=True))) == 1


def test_puts_back_what_is_missing():
    seed()
    User.objects.get(email="member@harbour.example").delete()
    seed()
    assert User.objects.count() == len(demo.PEOPLE)


def test_calls_the_seeders_of_other_applications_in_each_clubs_scope(seeders):
    calls = []
    seeders.append(
        lambda club, people: calls.append(
            (club.slug, get_scope()["club"].slug, sorted(people), Membership.objects.count())
        )
    )
    seed()
    assert calls == [
        ("harbour", "harbour", ["member", "officer", "operator", "owner"], 4),
        ("riverside", "riverside", ["owner"], 1),
    ]


def test_refuses_where_demo_mode_is_off(settings):
    settings.DEMO_MODE = False
    with pytest.raises(CommandError, match="Demo mode is off"):
        seed()
    assert not User.objects.exists()


def test_removes_the_demo_people_and_nobody_else(settings):
    seed()
    real = User.objects.create_user("person@harbour.example", "words")
    settings.DEMO_MODE = False
    seed("--remove")
    assert list(User.objects.all()) == [real]
    assert Club.objects.filter(slug="harbour").exists()
    seed("--remove")


def test_says_what_it_did(capsys):
    call_command("seed_demo")
    assert demo.PASSWORD in capsys.readouterr().out
    call_command("seed_demo", "--remove")
    assert "Removed 5 demo people." in capsys.readouterr().out
