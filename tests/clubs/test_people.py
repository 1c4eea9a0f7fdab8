"""Roles, removal and leaving: the rules cell by cell, and the pages that apply them."""

import pytest
from django.test import Client
from django.utils import timezone

from clubs import invitations, people
from clubs.models import Invitation, Membership, User
from clubs.permissions import (
    Role,
    assignable,
    leaves_an_owner,
    may_change_role,
    may_invite,
    may_remove,
)
from clubs.scoping import club_scope
from speechcoach.errors import ForbiddenError, NotFoundError
from tests.cast import Cast, join

# Whom (columns) each role (rows) may remove, and as what they may invite people. Written out a
# second time on purpose.
#                  owner officer operator member
REACH = {
    Role.OWNER: "yes yes yes yes",
    Role.OFFICER: "no yes yes yes",
    Role.OPERATOR: "no no no no",
    Role.MEMBER: "no no no no",
}
CELLS = [
    (actor, target, cell == "yes")
    for actor, row in REACH.items()
    for target, cell in zip(Role, row.split(), strict=True)
]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def membership(cast: Cast, user: User) -> Membership:
    with club_scope(cast.club):
        return Membership.objects.select_related("club", "user").get(user=user)


def role_of(cast: Cast, user: User) -> str | None:
    with club_scope(cast.club):
        found = Membership.objects.filter(user=user).first()
    return found.role if found else None


@pytest.fixture
def second(cast: Cast) -> dict[Role, Membership]:
    """One more of each role, to whom things are done."""
    return {
        role: join(
            cast.club, User.objects.create_user(f"second-{role}@anchor.example", name=role), role
        )
        for role in Role
    }


class TestRules:
    @pytest.mark.parametrize(("actor", "target", "allowed"), CELLS)
    def test_cell(self, actor, target, allowed):
        assert may_remove(actor, target) is allowed
        assert may_invite(actor, target) is allowed
        assert (target in assignable(actor)) is allowed

    @pytest.mark.parametrize("actor", Role)
    @pytest.mark.parametrize("before", Role)
    @pytest.mark.parametrize("after", Role)
    def test_a_change_needs_reach_over_both_roles(self, actor, before, after):
        reach = {role for by, role, allowed in CELLS if by == actor and allowed}
        assert may_change_role(actor, before, after) is (before in reach and after in reach)

    @pytest.mark.parametrize("role", ["", "president"])
    def test_an_unknown_role_reaches_nobody(self, role):
        assert assignable(role) == ()

    @pytest.mark.parametrize(
        ("owners", "before", "after", "fine"),
        [
            (1, "owner", None, False),
            (1, "owner", "member", False),
            (1, "owner", "owner", True),
            (2, "owner", None, True),
            (2, "owner", "officer", True),
            (1, "officer", None, True),
            (0, "member", "owner", True),
            (0, "member", None, True),
        ],
    )
    def test_the_last_owner(self, owners, before, after, fine):
        assert leaves_an_owner(owners, before, after) is fine


class TestOverHttp:
    """Every actor on every target, through the pages."""

    @pytest.mark.parametrize(("actor", "target", "allowed"), CELLS)
    def test_removal(self, cast, second, actor, target, allowed):
        client, victim = signed_in(cast.roles[actor]), second[target]
        address = f"/clubs/anchor/people/{victim.pk}/remove/"
        asked = client.get(address)
        assert asked.status_code == (200 if allowed else 403)
        assert role_of(cast, victim.user) == target, "asking removes nobody"
        done = client.post(address, follow=True)
        assert done.status_code == (200 if allowed else 403)
        assert role_of(cast, victim.user) == (None if allowed else target)
        if allowed:
            assert f"{target} does not belong to Anchor" in done.content.decode()

    @pytest.mark.parametrize("actor", Role)
    @pytest.mark.parametrize("before", Role)
    @pytest.mark.parametrize("after", Role)
    def test_role(self, cast, second, actor, before, after):
        client, chosen = signed_in(cast.roles[actor]), second[before]
        address = f"/clubs/anchor/people/{chosen.pk}/"
        allowed = may_change_role(actor, before, after)
        seen = client.get(f"{address}manage/").status_code
        assert seen == (200 if may_remove(actor, before) else 403)
        done = client.post(f"{address}role/", {"role": after.value}, follow=True)
        assert done.status_code == (200 if allowed else 403)
        assert role_of(cast, chosen.user) == (after if allowed else before)
        if allowed:
            assert f"{before} is now {people.with_article(after)}." in done.content.decode()

    @pytest.mark.parametrize(("actor", "target", "allowed"), CELLS)
    def test_the_list_offers_what_is_allowed(self, cast, second, actor, target, allowed):
        page = signed_in(cast.roles[actor]).get("/clubs/anchor/people/").content.decode()
        assert (f'"/clubs/anchor/people/{second[target].pk}/manage/"' in page) is allowed

    @pytest.mark.parametrize("role", Role)
    def test_leaving(self, cast, second, role):
        user = cast.roles[role]
        client = signed_in(user)
        assert "Leave Anchor" in client.get("/clubs/anchor/people/leave/").content.decode()
        assert role_of(cast, user) == role
        done = client.post("/clubs/anchor/people/leave/", follow=True)
        assert "You have left Anchor" in done.content.decode()
        assert role_of(cast, user) is None
        assert client.get("/clubs/anchor/").status_code == 404

    def test_the_last_owner_stays(self, cast):
        owner = membership(cast, cast.owner)
        client = signed_in(cast.owner)
        assert (
            "You are the only owner" in client.get("/clubs/anchor/people/leave/").content.decode()
        )
        for address, fields in (
            ("leave/", {}),
            (f"{owner.pk}/remove/", {}),
            (f"{owner.pk}/role/", {"role": "officer"}),
        ):
            refused = client.post(f"/clubs/anchor/people/{address}", fields)
            assert refused.status_code == 403
            assert people.LAST_OWNER in refused.content.decode()
            assert role_of(cast, cast.owner) == "owner"

    def test_an_owner_who_gives_up_the_role_may_do_no_more_of_it(self, cast, second):
        owner = membership(cast, cast.owner)
        client = signed_in(cast.owner)
        client.post(f"/clubs/anchor/people/{owner.pk}/role/", {"role": "member"})
        assert role_of(cast, cast.owner) == "member"
        assert client.get(f"/clubs/anchor/people/{owner.pk}/manage/").status_code == 403

    def test_removing_oneself_leads_out_of_the_club(self, cast):
        officer = membership(cast, cast.officer)
        done = signed_in(cast.officer).post(f"/clubs/anchor/people/{officer.pk}/remove/")
        assert done.headers["location"] == "/"
        assert role_of(cast, cast.officer) is None

    def test_a_made_up_role_is_no_role(self, cast, second):
        chosen = second[Role.MEMBER]
        for fields in ({}, {"role": "president"}):
            done = signed_in(cast.owner).post(f"/clubs/anchor/people/{chosen.pk}/role/", fields)
            assert done.status_code == 403
        assert role_of(cast, chosen.user) == "member"

    @pytest.mark.parametrize("address", ["{}/remove/", "{}/role/", "leave/", "invitations/"])
    def test_needs_the_forms_token(self, cast, second, address):
        client = Client(enforce_csrf_checks=True)
        client.force_login(cast.owner)
        member = second[Role.MEMBER]
        refused = client.post(
            f"/clubs/anchor/people/{address.format(member.pk)}", {"role": "officer"}
        )
        assert refused.status_code == 403
        assert role_of(cast, member.user) == "member"
        assert role_of(cast, cast.owner) == "owner"


class TestAsThingsAreNow:
    """What a page was shown with may have changed by the time its form comes."""

    def test_an_actor_who_lost_the_role_meanwhile_is_refused(self, cast, second):
        stale = membership(cast, cast.officer)
        with club_scope(cast.club):
            Membership.objects.filter(pk=stale.pk).update(role=Role.MEMBER)
            with pytest.raises(ForbiddenError, match="may not remove"):
                people.remove(stale, second[Role.MEMBER])

    def test_somebody_who_rose_meanwhile_is_out_of_reach(self, cast, second):
        stale = second[Role.MEMBER]
        with club_scope(cast.club):
            Membership.objects.filter(pk=stale.pk).update(role=Role.OWNER)
            with pytest.raises(ForbiddenError, match="may not make an owner a member"):
                people.change_role(membership(cast, cast.officer), stale, Role.MEMBER)

    def test_somebody_who_left_meanwhile_is_not_there(self, cast, second):
        stale = second[Role.MEMBER]
        with club_scope(cast.club):
            Membership.objects.filter(pk=stale.pk).delete()
            with pytest.raises(NotFoundError):
                people.remove(membership(cast, cast.owner), stale)


def test_of_two_owners_who_have_both_been_asked_one_stays(cast):
    """Both saw that there is another owner; the second is counted anew."""
    join(cast.club, cast.stranger, Role.OWNER)
    both = [membership(cast, cast.owner), membership(cast, cast.stranger)]
    with club_scope(cast.club):
        people.leave(both[0])
        with pytest.raises(ForbiddenError, match="needs an owner"):
            people.leave(both[1])
        assert Membership.objects.filter(role=Role.OWNER).count() == 1


class TestEarlierInvitations:
    def open_roles(self, cast: Cast) -> set[str]:
        with club_scope(cast.club):
            return set(Invitation.objects.open().values_list("role", flat=True))

    @pytest.fixture
    def given(self, cast: Cast) -> Membership:
        """An officer who has invited one of each role up to their own."""
        officer = membership(cast, cast.officer)
        with club_scope(cast.club):
            for role in assignable(officer.role):
                invitations.invite(officer, role)
        return officer

    @pytest.mark.parametrize(
        ("role", "left"),
        [
            (Role.OWNER, {"officer", "operator", "member"}),
            (Role.OFFICER, {"officer", "operator", "member"}),
            (Role.OPERATOR, set()),
            (Role.MEMBER, set()),
        ],
    )
    def test_end_with_the_role_that_gave_them(self, cast, given, role, left):
        with club_scope(cast.club):
            people.change_role(membership(cast, cast.owner), given, role)
        assert self.open_roles(cast) == left

    def test_end_with_the_membership(self, cast, given):
        with club_scope(cast.club):
            invitations.invite(membership(cast, cast.owner), Role.MEMBER)
            people.remove(membership(cast, cast.owner), given)
        assert self.open_roles(cast) == {"member"}

    def test_that_were_used_stay_used(self, cast, given):
        with club_scope(cast.club):
            Invitation.objects.update(used_at=timezone.now())
            people.leave(given)
            assert not Invitation.objects.filter(revoked_at__isnull=False).exists()
