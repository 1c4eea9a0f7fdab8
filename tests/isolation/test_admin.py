"""The admin shows a club's manager no other club. The cases are the admin's own registry."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from django_scopes import scopes_disabled

from clubs.admin.base import ClubAdmin, LogAdmin
from clubs.admin_site import ClubAdminSite
from clubs.models import Club, User
from tests.cast import Cast
from tests.isolation.admin_rows import fill_admin
from tests.isolation.objects import LookAlike, look_alikes

# Tables of no club, or of all: for superusers. Reviewed one by one.
SUPERUSERS_ONLY = {
    "account.EmailAddress",
    "auth.Group",
    "clubs.Club",
    "clubs.User",
    "mfa.Authenticator",
}
REGISTRY = {model._meta.label: own for model, own in admin.site._registry.items()}
OF_CLUBS = sorted(
    label
    for label, own in REGISTRY.items()
    if any(field.name == "club" and field.related_model is Club for field in own.opts.fields)
)
MANAGERS = ("officer", "owner")
# What asking once more and giving a reason look like; an action takes what it knows.
ANSWERS = {"confirm": "erase", "reason": "a complaint", "index": "0", "select_across": "0"}


class Two:
    """The cast's club and the stranger's, each with a row in every table."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.mine, self.theirs = look_alikes(cast)
        for club in (cast.club, cast.other):
            fill_admin(club)

    def rows(self, label: str, club: Club) -> list[Any]:
        with scopes_disabled():
            return list(REGISTRY[label].model._default_manager.filter(club=club))

    def stored(self, club: Club) -> dict[str, list[Any]]:
        with scopes_disabled():
            return {
                label: list(
                    REGISTRY[label].model._default_manager.filter(club=club).order_by("pk").values()
                )
                for label in OF_CLUBS
            }


@pytest.fixture
def two(cast: Cast) -> Two:
    return Two(cast)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def seen(client: Client, address: str) -> bytes:
    """What an address shows in the end, with where it led to."""
    response = client.get(address, follow=True)
    assert response.status_code in {200, 403, 404}, f"{response.status_code} at {address}"
    return repr(response.redirect_chain).encode() + response.content


def hides(theirs: LookAlike, body: bytes, where: str) -> None:
    assert theirs.canary.encode() not in body, f"{where} shows another club"


def page(label: str, name: str, *args: Any) -> str:
    opts = REGISTRY[label].opts
    known = f"{opts.app_label}_{opts.model_name}_{name}"
    return reverse(f"admin:{known if known in own_routes(label) else name}", args=args)


def own_routes(label: str) -> dict[str, bool]:
    """The pages of a table, as its admin has them, and whether each is about one row."""
    routes = REGISTRY[label].get_urls()
    return {route.name: "<" in str(route.pattern) for route in routes if route.name}


def test_the_site_is_ours():
    assert type(admin.site._wrapped) is ClubAdminSite  # type: ignore[attr-defined]


def test_every_table_is_a_clubs_or_for_superusers():
    assert set(REGISTRY) - set(OF_CLUBS) == SUPERUSERS_ONLY


@pytest.mark.parametrize("label", OF_CLUBS)
def test_every_clubs_table_is_scoped_and_filled(label: str, two: Two):
    assert isinstance(REGISTRY[label], ClubAdmin), f"{label} is no clubs.admin.base.ClubAdmin"
    for club in (two.cast.club, two.cast.other):
        assert two.rows(label, club), f"give both clubs a {label} in tests/isolation/admin_rows.py"


@pytest.mark.parametrize("role", MANAGERS)
@pytest.mark.parametrize("label", sorted(SUPERUSERS_ONLY))
def test_what_is_for_superusers_is_closed_to_managers(role: str, label: str, two: Two):
    client = signed_in(getattr(two.cast, role))
    for name, takes_row in own_routes(label).items():
        address = page(label, name, *([1] if takes_row else []))
        assert client.get(address).status_code in {302, 403, 404}, address
        hides(two.theirs, seen(client, address), address)


@pytest.mark.parametrize("role", MANAGERS)
@pytest.mark.parametrize("label", OF_CLUBS)
class TestTable:
    def test_lists_one_club(self, role: str, label: str, two: Two):
        client = signed_in(getattr(two.cast, role))
        response = client.get(page(label, "changelist"))
        assert response.status_code == 200
        listed = list(response.context["cl"].queryset)
        assert {row.club_id for row in listed} == {two.cast.club.pk}
        hides(two.theirs, response.content, "the list")

    def test_finds_one_club(self, role: str, label: str, two: Two):
        client = signed_in(getattr(two.cast, role))
        [theirs, *_] = two.rows(label, two.cast.other)
        for query in (
            {"q": "canary-of"},
            {"q": str(theirs.pk)},
            {"club": two.cast.other.pk},
            {"club__id__exact": two.cast.other.pk},
            {"club__name__startswith": "Beacon"},
            {"all": ""},
        ):
            address = f"{page(label, 'changelist')}?{urlencode(query)}"
            response = client.get(address, follow=True)
            hides(two.theirs, response.content, address)
            if response.context and "cl" in response.context:
                clubs = {row.club_id for row in response.context["cl"].queryset}
                assert clubs <= {two.cast.club.pk}, address

    def test_pages_about_nothing_of_another_club(self, role: str, label: str, two: Two):
        client = signed_in(getattr(two.cast, role))
        [mine, *_] = two.rows(label, two.cast.club)
        [theirs, *_] = two.rows(label, two.cast.other)
        for name, takes_row in own_routes(label).items():
            if not takes_row:
                hides(two.theirs, seen(client, page(label, name)), name)
                continue
            hides(two.theirs, seen(client, page(label, name, mine.pk)), name)
            response = client.get(page(label, name, theirs.pk))
            nothing = client.get(page(label, name, _made_up(theirs.pk)))
            assert response.status_code == nothing.status_code != 200, name
            hides(two.theirs, seen(client, page(label, name, theirs.pk)), name)

    def test_writes_nothing_in_another_club(self, role: str, label: str, two: Two):
        client = signed_in(getattr(two.cast, role))
        [theirs, *_] = two.rows(label, two.cast.other)
        before = two.stored(two.cast.other)
        fields = {"club": two.cast.other.pk, "evaluations": 1, "speech": "", "audio_days": 7}
        fields |= {"transcript_days": 7, "evaluation_days": 7, "auto_purge_seconds": 60}
        for name, takes_row in own_routes(label).items():
            args = [theirs.pk] if takes_row else []
            for posted in (fields, {"post": "yes"}):
                answer = client.post(page(label, name, *args), posted, follow=True)
                hides(two.theirs, answer.content, name)
        assert two.stored(two.cast.other) == before

    def test_actions_touch_no_other_club(self, role: str, label: str, two: Two):
        client = signed_in(getattr(two.cast, role))
        before = two.stored(two.cast.other)
        keys = [row.pk for row in two.rows(label, two.cast.other)]
        names = {"delete_selected", *(REGISTRY[label].actions or ())}
        for action in names:
            posted = {**ANSWERS, "action": action, "_selected_action": keys}
            answer = client.post(page(label, "changelist"), posted, follow=True)
            hides(two.theirs, answer.content, str(action))
        assert two.stored(two.cast.other) == before

    def test_autocompletes_no_other_club(self, role: str, label: str, two: Two):
        client = signed_in(getattr(two.cast, role))
        opts = REGISTRY[label].opts
        for field in opts.get_fields():
            if not field.is_relation:
                continue
            query = {
                "app_label": opts.app_label,
                "model_name": opts.model_name,
                "field_name": field.name,
                "term": "",
            }
            answer = client.get(f"{reverse('admin:autocomplete')}?{urlencode(query)}")
            assert answer.status_code in {200, 403}
            hides(two.theirs, answer.content, field.name)

    def test_tells_no_history_of_another_club(self, role: str, label: str, two: Two):
        client = signed_in(getattr(two.cast, role))
        [theirs, *_] = two.rows(label, two.cast.other)
        LogEntry.objects.create(
            user=two.cast.stranger,
            content_type=ContentType.objects.get_for_model(theirs),
            object_id=str(theirs.pk),
            object_repr=two.theirs.canary,
            action_flag=CHANGE,
        )
        for address in (page(label, "history", theirs.pk), reverse("admin:index")):
            hides(two.theirs, seen(client, address), address)


@pytest.mark.parametrize(
    "label", [label for label in OF_CLUBS if hasattr(REGISTRY[label], "csv_view")]
)
def test_a_log_is_taken_along_for_one_club(label: str, two: Two):
    assert isinstance(REGISTRY[label], LogAdmin)
    answer = signed_in(two.cast.officer).get(page(label, "csv"))
    assert answer.status_code == 200
    assert len(answer.content.decode().splitlines()) > 1
    hides(two.theirs, answer.content, "the CSV")


@pytest.mark.parametrize("who", ["member", "operator"])
@pytest.mark.parametrize("label", sorted(REGISTRY))
def test_the_door_is_shut_for_who_manages_nothing(who: str, label: str, two: Two):
    client = signed_in(getattr(two.cast, who))
    answer = client.get(page(label, "changelist"), follow=True)
    assert answer.status_code == 404
    assert not re.search("admin", answer.content.decode(), re.IGNORECASE)


def _made_up(key: Any) -> Any:
    """A key of the same form that names nothing."""
    return 999_999 if isinstance(key, int) else "00000000-0000-0000-0000-000000000007"


class TestOfTheTest:
    """Without the scope and the filter, the checks above see the other club."""

    @pytest.fixture(autouse=True)
    def _open(self, monkeypatch):
        monkeypatch.setattr(
            ClubAdminSite, "_scope", staticmethod(lambda request: scopes_disabled())
        )
        monkeypatch.setattr(
            ClubAdmin, "get_queryset", lambda self, request: self.model._default_manager.all()
        )

    @pytest.mark.parametrize("label", ["clubs.ConsentEvent", "sessions_app.Speech"])
    def test_a_leak_is_found(self, label: str, two: Two):
        with pytest.raises(AssertionError):
            TestTable().test_lists_one_club("officer", label, two)
        with pytest.raises(AssertionError):
            TestTable().test_finds_one_club("officer", label, two)
