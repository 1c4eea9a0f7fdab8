"""Starting clubs, and finding one's way between several."""

import pytest
from django.test import Client
from django.utils import timezone

from clubs import founding
from clubs.access import clubs_of
from clubs.models import Club, User
from tests.cast import Role, join


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def founder(db) -> User:
    return User.objects.create_user("founder@anchor.example")


class TestStarting:
    @pytest.mark.parametrize(
        ("name", "slug"),
        [
            ("Harbour Speakers", "harbour-speakers"),
            ("  Çà et là  ", "ca-et-la"),
            ("話す会", "club"),
            ("!?", "club"),
            ("x" * 100, "x" * 40),
            ("Club of\nthe two lines", "club-of-the-two-lines"),
        ],
    )
    def test_makes_the_address_of_the_name(self, founder, name, slug):
        answer = signed_in(founder).post("/clubs/", {"name": name})
        assert answer.headers["location"] == f"/clubs/{slug}/people/"
        [membership] = clubs_of(founder)
        assert membership.role == "owner"
        assert membership.club.slug == slug
        assert membership.club.name == " ".join(name.split())

    def test_of_the_same_name_has_another_address(self, founder):
        slugs = [founding.start_club(founder, "Harbour").slug for _ in range(3)]
        assert slugs == ["harbour", "harbour-2", "harbour-3"]

    def test_loses_a_race_for_the_address_without_harm(self, founder, monkeypatch):
        found = founding._found

        def taken_meanwhile(by, name, slug):
            if slug == "harbour":
                Club.objects.create(name="Quicker", slug=slug)
            return found(by, name, slug)

        monkeypatch.setattr(founding, "_found", taken_meanwhile)
        assert founding.start_club(founder, "Harbour").slug == "harbour-2"

    @pytest.mark.parametrize("name", ["", "   ", "x" * 121])
    def test_needs_a_name_of_a_sensible_length(self, founder, name):
        assert signed_in(founder).post("/clubs/", {"name": name}).status_code == 400
        assert not Club.objects.exists()

    def test_has_an_end(self, founder, monkeypatch):
        monkeypatch.setattr(founding, "MAX_OWNED", 1)
        client = signed_in(founder)
        client.post("/clubs/", {"name": "One"})
        assert client.post("/clubs/", {"name": "Two"}).status_code == 429
        assert Club.objects.count() == 1

    def test_is_for_those_who_are_signed_in(self, db):
        answer = Client().post("/clubs/", {"name": "Harbour"})
        assert answer.headers["location"] == "/accounts/login/?next=/clubs/"
        assert not Club.objects.exists()


class TestSwitching:
    def test_is_offered_to_who_is_in_several_clubs(self, cast):
        page = signed_in(cast.member).get("/clubs/anchor/").content.decode()
        assert "Other clubs" not in page
        join(cast.other, cast.member, Role.MEMBER)
        page = signed_in(cast.member).get("/clubs/anchor/").content.decode()
        assert "Other clubs" in page
        assert '"/clubs/beacon/"' in page

    def test_one_club_is_listed_where_another_can_be_started(self, cast):
        page = signed_in(cast.member).get("/clubs/").content.decode()
        assert '"/clubs/anchor/"' in page
        assert 'name="name"' in page

    def test_the_account_page_leads_there(self, cast):
        page = signed_in(cast.member).get("/accounts/").content.decode()
        assert 'href="/clubs/"' in page
        assert cast.member.email in page


class TestSuspension:
    @pytest.fixture(autouse=True)
    def suspended(self, cast) -> None:
        Club.objects.filter(pk=cast.club.pk).update(suspended_at=timezone.now())

    def test_closes_the_club_to_its_people_in_words(self, cast):
        for user in cast.roles.values():
            answer = signed_in(user).get("/clubs/anchor/people/")
            assert answer.status_code == 403
            assert "suspended" in answer.content.decode()

    def test_tells_strangers_nothing(self, cast):
        client = signed_in(cast.stranger)
        known = client.get("/clubs/anchor/people/")
        assert known.status_code == 404
        assert known.content == client.get("/clubs/no-such-club/people/").content

    def test_is_marked_in_the_list(self, cast):
        assert "suspended" in signed_in(cast.member).get("/clubs/").content.decode()

    def test_gives_no_tickets(self, cast):
        asked = {"purpose": "session", "club": "anchor"}
        answer = signed_in(cast.owner).post("/api/voice/token", asked, "application/json")
        assert answer.status_code == 403
