"""Who gets into the admin. That it shows one club: tests/isolation."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from clubs.admin_site import managed_clubs
from clubs.models import (
    Club,
    Membership,
    RetentionPolicy,
    User,
)
from clubs.scoping import club_scope
from tests.cast import Role, join
from tests.clubs.admin.browsing import browser

PAGES = [
    "/admin/clubs/user/",
    "/admin/clubs/user/add/",
    "/admin/clubs/club/",
    "/admin/clubs/club/add/",
]


class TestDoor:
    @pytest.mark.parametrize("page", PAGES)
    def test_is_open_to_superusers(self, root, page):
        assert browser(root).get(page).status_code == 200

    @pytest.mark.parametrize("page", PAGES)
    def test_what_is_everybodys_is_closed_to_officers(self, officer, page):
        assert officer.get(page).status_code == 403

    @pytest.mark.parametrize("role", [Role.OFFICER, Role.OWNER])
    def test_is_open_to_who_manages_a_club(self, cast, role):
        answer = browser(cast.roles[role]).get("/admin/")
        assert answer.status_code == 200
        assert "Retention policies" in answer.content.decode()

    @pytest.mark.parametrize("role", [Role.OPERATOR, Role.MEMBER])
    def test_is_no_door_to_others(self, cast, role):
        assert browser(cast.roles[role]).get("/admin/", follow=True).status_code == 404

    def test_the_staff_flag_opens_nothing(self, cast):
        staff = User.objects.create_user("staff@anchor.example", is_staff=True)
        assert browser(staff).get("/admin/", follow=True).status_code == 404

    def test_sends_visitors_to_the_products_own_sign_in(self, client, db):
        answer = client.get("/admin/clubs/retentionpolicy/", follow=True)
        way = [address for address, _ in answer.redirect_chain]
        assert way[-1].startswith("/accounts/login/?next=/admin/clubs/retentionpolicy/")

    def test_shuts_as_soon_as_the_role_is_lost(self, cast, officer):
        with club_scope(cast.club):
            Membership.objects.filter(user=cast.officer).update(role=Role.MEMBER)
        assert officer.get("/admin/", follow=True).status_code == 404

    def test_is_shut_for_a_suspended_club(self, cast, officer):
        Club.objects.filter(pk=cast.club.pk).update(suspended_at=timezone.now())
        assert officer.get("/admin/", follow=True).status_code == 404

    def test_shows_all_clubs_that_somebody_manages(self, cast):
        join(cast.other, cast.officer, Role.OFFICER)
        for club in (cast.club, cast.other):
            with club_scope(club):
                RetentionPolicy.objects.create(club=club)
        page = browser(cast.officer).get("/admin/clubs/retentionpolicy/").content.decode()
        assert "anchor" in page
        assert "beacon" in page


def test_changes_a_user(root):
    client = browser(root)
    assert client.get(f"/admin/clubs/user/{root.pk}/change/").status_code == 200
    client.post(
        "/admin/clubs/user/add/",
        {
            "email": "New@anchor.example",
            "name": "New",
            "usable_password": "true",
            "password1": "sea-and-wind-7",
            "password2": "sea-and-wind-7",
        },
    )
    assert User.objects.filter(email="new@anchor.example").exists()


def test_a_visitor_manages_nothing(rf):
    request = rf.get("/admin/")
    request.user = AnonymousUser()
    assert managed_clubs(request) == []
