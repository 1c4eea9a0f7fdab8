"""Inviting by link: making, mailing, using once, withdrawing, and what a dead link tells."""

import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from clubs import invitations
from clubs.models import Club, Invitation, Membership, User
from clubs.permissions import Role, may_invite
from clubs.scoping import club_scope
from speechcoach.errors import NotFoundError
from tests.cast import Cast, join

LINK = re.compile(r"/invitations/([A-Za-z0-9_-]{43})/")
INVITE = "/clubs/anchor/people/invitations/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def invite(cast: Cast, role: Role = Role.MEMBER, email: str = "", **changes: object) -> str:
    """An invitation of the owner's; the address of its link."""
    with club_scope(cast.club):
        owner = Membership.objects.select_related("club", "user").get(user=cast.owner)
        invitation, token = invitations.invite(owner, role, email)
        if changes:
            Invitation.objects.filter(pk=invitation.pk).update(**changes)
    return f"/invitations/{token}/"


def role_of(cast: Cast, user: User) -> str | None:
    with club_scope(cast.club):
        found = Membership.objects.filter(user=user).first()
    return found.role if found else None


def stored(cast: Cast) -> list[Invitation]:
    with club_scope(cast.club):
        return list(Invitation.objects.all())


class TestMaking:
    @pytest.mark.parametrize("actor", Role)
    @pytest.mark.parametrize("role", Role)
    def test_up_to_ones_own_role(self, cast, actor, role):
        answer = signed_in(cast.roles[actor]).post(INVITE, {"role": role.value})
        allowed = may_invite(actor, role)
        manages = actor in {Role.OWNER, Role.OFFICER}
        assert answer.status_code == (200 if allowed else 400 if manages else 403)
        assert [made.role for made in stored(cast)] == ([role] if allowed else [])

    def test_shows_the_link_once_and_keeps_only_its_hash(self, cast):
        client = signed_in(cast.officer)
        shown = client.post(INVITE, {"role": "member"})
        [token] = LINK.findall(shown.content.decode())
        assert "no-store" in shown.headers["cache-control"]
        assert token not in client.get("/clubs/anchor/people/").content.decode()
        [made] = stored(cast)
        assert token not in str({**made.__dict__})
        assert made.created_by == cast.officer
        assert made.expires_at - made.created_at > timedelta(days=7, seconds=-60)
        assert made.expires_at - made.created_at < timedelta(days=7, seconds=60)

    def test_mails_the_link_where_an_address_is_given(self, cast):
        fields = {"role": "operator", "email": "Guest@anchor.example"}
        shown = signed_in(cast.owner).post(INVITE, fields).content.decode()
        [message] = mail.outbox
        assert message.to == ["guest@anchor.example"]
        assert message.subject == f"Invitation to {cast.club.name}"
        assert cast.owner.name in message.body
        assert LINK.findall(str(message.body)) == LINK.findall(shown)
        assert "http://testserver/invitations/" in message.body
        assert "mailed to guest@anchor.example" in shown

    def test_without_an_address_mails_nothing(self, cast):
        signed_in(cast.owner).post(INVITE, {"role": "member"})
        assert not mail.outbox

    def test_a_clubs_name_cannot_break_out_of_the_subject(self, cast):
        Club.objects.filter(pk=cast.club.pk).update(name="Anchor\nBcc: all@anchor.example")
        signed_in(cast.owner).post(INVITE, {"role": "member", "email": "g@anchor.example"})
        [message] = mail.outbox
        assert message.subject == "Invitation to Anchor Bcc: all@anchor.example"
        assert message.recipients() == ["g@anchor.example"]

    def test_says_so_when_the_mail_server_is_down(self, cast):
        with patch("clubs.invitations.send_mail", side_effect=ConnectionRefusedError):
            shown = signed_in(cast.owner).post(
                INVITE, {"role": "member", "email": "g@anchor.example"}
            )
        assert "could not be mailed" in shown.content.decode()
        assert LINK.search(shown.content.decode())

    def test_shows_what_is_wrong_with_an_address(self, cast):
        answer = signed_in(cast.owner).post(INVITE, {"role": "member", "email": "guest"})
        assert answer.status_code == 400
        assert "valid email address" in answer.content.decode()
        assert not stored(cast)

    def test_ends_at_a_hundred_open_ones(self, cast, monkeypatch):
        monkeypatch.setattr(invitations, "MAX_OPEN", 1)
        client = signed_in(cast.owner)
        assert client.post(INVITE, {"role": "member"}).status_code == 200
        assert client.post(INVITE, {"role": "member"}).status_code == 429
        assert len(stored(cast)) == 1


class TestUsing:
    def test_makes_a_member_with_the_role_by_post_only(self, cast):
        address = invite(cast, Role.OPERATOR)
        client = signed_in(cast.stranger)
        page = client.get(address).content.decode()
        assert cast.club.name in page
        assert cast.owner.name in page
        assert role_of(cast, cast.stranger) is None
        joined = client.post(address)
        assert joined.headers["location"] == "/clubs/anchor/"
        assert role_of(cast, cast.stranger) == "operator"
        [used] = stored(cast)
        assert used.used_by == cast.stranger

    def test_works_once(self, cast):
        address = invite(cast)
        signed_in(cast.stranger).post(address)
        late = User.objects.create_user("late@anchor.example")
        assert signed_in(late).post(address).status_code == 404
        assert role_of(cast, late) is None

    def test_is_offered_to_a_visitor_with_the_way_back(self, cast):
        address = invite(cast, email="new@anchor.example")
        page = Client().get(address).content.decode()
        assert cast.club.name in page
        assert "new@anchor.example" in page
        assert f'href="/accounts/signup/?next={address}"' in page
        assert f'href="/accounts/login/?next={address}"' in page
        posted = Client().post(address)
        assert posted.headers["location"] == f"/accounts/login/?next={address}"

    def test_the_way_of_somebody_new(self, cast, client):
        address = invite(cast)
        fields = {
            "name": "New Person",
            "email": "new@anchor.example",
            "password1": "sea-and-wind-7",
            "password2": "sea-and-wind-7",
            "next": address,
        }
        signed_up = client.post("/accounts/signup/", fields)
        assert signed_up.headers["location"] == address
        client.post(address)
        assert role_of(cast, User.objects.get(email="new@anchor.example")) == "member"

    def test_of_who_is_a_member_already_changes_nothing(self, cast):
        address = invite(cast, Role.OWNER)
        client = signed_in(cast.member)
        assert "belong to this club already" in client.get(address).content.decode()
        assert client.post(address).headers["location"] == "/clubs/anchor/"
        assert role_of(cast, cast.member) == "member"
        assert stored(cast)[0].used_at is None

    def test_is_for_the_address_it_names(self, cast):
        address = invite(cast, email="Guest@anchor.example")
        client = signed_in(cast.stranger)
        assert "The invitation is for guest@anchor.example" in client.get(address).content.decode()
        assert client.post(address).status_code == 403
        assert role_of(cast, cast.stranger) is None
        guest = User.objects.create_user("GUEST@anchor.example")
        assert signed_in(guest).post(address).status_code == 302
        assert role_of(cast, guest) == "member"

    @pytest.mark.parametrize("verified", [True, False])
    def test_is_for_a_second_address_only_when_it_is_proven(self, cast, verified):
        EmailAddress.objects.create(
            user=cast.stranger, email="guest@anchor.example", verified=verified
        )
        address = invite(cast, email="guest@anchor.example")
        signed_in(cast.stranger).post(address)
        assert role_of(cast, cast.stranger) == ("member" if verified else None)

    def test_needs_the_forms_token(self, cast):
        client = Client(enforce_csrf_checks=True)
        client.force_login(cast.stranger)
        assert client.post(invite(cast)).status_code == 403
        assert role_of(cast, cast.stranger) is None

    def test_ends_with_the_account_that_made_it(self, cast):
        address = invite(cast)
        cast.owner.delete()
        assert Client().get(address).status_code == 404


def test_of_two_who_have_it_open_one_joins(cast):
    """Both were shown a link that can be used; the row says who was first."""
    address = invite(cast)
    found = invitations.access_invitation_by_token(address.split("/")[2])
    first, second = (User.objects.create_user(f"{name}@anchor.example") for name in "ab")
    assert invitations.accept(found, first).role == "member"
    with pytest.raises(NotFoundError, match="cannot be used"):
        invitations.accept(found, second)
    assert role_of(cast, second) is None


class TestDeadLinks:
    """Used, withdrawn, expired, suspended, made up: one page, so that none tells which."""

    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize("who", [None, "stranger", "owner"])
    def test_are_all_the_same(self, cast, method, who):
        now = timezone.now()
        addresses = [
            "/invitations/made-up/",
            f"/invitations/{'a' * 43}/",
            invite(cast, used_at=now, used_by=cast.member),
            invite(cast, revoked_at=now),
            invite(cast, expires_at=now),
        ]
        client = signed_in(getattr(cast, who)) if who else Client()
        answers = [getattr(client, method)(address) for address in addresses]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
        assert "cannot be used" in answers[0].content.decode()

    def test_of_a_suspended_club_too(self, cast):
        address = invite(cast)
        Club.objects.filter(pk=cast.club.pk).update(suspended_at=timezone.now())
        assert Client().get(address).content == Client().get("/invitations/made-up/").content


class TestWithdrawing:
    def revoke(self, client: Client, invitation: Invitation) -> str:
        address = f"{INVITE}{invitation.pk}/revoke/"
        return client.post(address, follow=True).content.decode()

    def test_ends_the_link(self, cast):
        address = invite(cast)
        page = self.revoke(signed_in(cast.officer), stored(cast)[0])
        assert "The invitation is withdrawn" in page
        assert Client().get(address).status_code == 404

    def test_of_a_used_one_is_told(self, cast):
        invite(cast, used_at=timezone.now())
        page = self.revoke(signed_in(cast.officer), stored(cast)[0])
        assert "not open any more" in page
        assert stored(cast)[0].revoked_at is None

    @pytest.mark.parametrize("actor", Role)
    @pytest.mark.parametrize("role", Role)
    def test_reaches_as_far_as_inviting(self, cast, actor, role):
        invite(cast, role)
        self.revoke(signed_in(cast.roles[actor]), stored(cast)[0])
        assert (stored(cast)[0].revoked_at is not None) is may_invite(actor, role)

    def test_only_open_ones_are_listed(self, cast):
        invite(cast, email="open@anchor.example")
        invite(cast, email="used@anchor.example", used_at=timezone.now())
        invite(cast, email="gone@anchor.example", revoked_at=timezone.now())
        invite(cast, email="late@anchor.example", expires_at=timezone.now())
        page = signed_in(cast.officer).get("/clubs/anchor/people/").content.decode()
        listed = {name for name in ("open", "used", "gone", "late") if f"{name}@" in page}
        assert listed == {"open"}

    def test_is_nobodys_business_who_does_not_manage_people(self, cast):
        invite(cast, email="open@anchor.example")
        page = signed_in(cast.member).get("/clubs/anchor/people/").content.decode()
        assert "open@anchor.example" not in page
        assert INVITE not in page


def test_another_clubs_invitation_is_not_there(cast):
    invite(cast)
    join(cast.other, cast.member, Role.OWNER)
    [made] = stored(cast)
    answer = signed_in(cast.member).post(f"/clubs/beacon/people/invitations/{made.pk}/revoke/")
    assert answer.status_code == 404
