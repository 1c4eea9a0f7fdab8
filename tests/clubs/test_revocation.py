"""Whether a permit still holds, and at whose door a change rings."""

from datetime import timedelta

import pytest
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from clubs import people, revocation
from clubs.models import Club, Membership, User
from clubs.permissions import Action, Role, allows
from clubs.revocation import Permit, club_group, require_permit, user_group
from clubs.scoping import club_scope
from speechcoach.errors import ForbiddenError, SignedOutError
from tests.cast import Cast, join


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def permit(cast: Cast, client: Client, user: User, action: Action = Action.OPERATE) -> Permit:
    return Permit(user.pk, cast.club.pk, action, client.session.session_key)


@pytest.fixture
def held(cast: Cast) -> tuple[Client, Permit]:
    """An operator's browser, and the permit of what it has open."""
    client = signed_in(cast.operator)
    return client, permit(cast, client, cast.operator)


class TestRequirePermit:
    @pytest.mark.parametrize("role", Role)
    @pytest.mark.parametrize("action", Action)
    def test_cell(self, cast, role, action):
        user = cast.roles[role]
        asked = permit(cast, signed_in(user), user, action)
        if allows(role, action):
            membership = require_permit(asked)
            assert (membership.role, membership.club, membership.user) == (role, cast.club, user)
        else:
            with pytest.raises(ForbiddenError, match=action.value):
                require_permit(asked)

    def test_takes_three_queries_and_writes_nothing(self, held, django_assert_num_queries):
        with django_assert_num_queries(3) as queries:
            require_permit(held[1])
        assert all(query["sql"].startswith("SELECT") for query in queries)

    def test_does_not_show_its_key(self, held):
        assert str(held[1].session_key) not in repr(held[1])

    def test_holds_without_a_sign_in_where_none_was_needed(self, cast):
        require_permit(Permit(cast.operator.pk, cast.club.pk, Action.OPERATE))

    def test_holds_in_the_scope_of_any_club(self, cast, held):
        with club_scope(cast.other):
            assert require_permit(held[1]).club == cast.club

    def test_of_a_stranger_never_held(self, cast):
        asked = permit(cast, signed_in(cast.stranger), cast.stranger)
        with pytest.raises(ForbiddenError, match="do not belong"):
            require_permit(asked)


class TestSignedOut:
    def refused(self, asked: Permit) -> None:
        with pytest.raises(SignedOutError):
            require_permit(asked)

    def test_by_signing_out(self, cast, held):
        client, asked = held
        client.post("/accounts/logout/")
        self.refused(asked)

    def test_by_signing_out_only_here(self, cast, held):
        signed_in(cast.operator).post("/accounts/logout/")
        require_permit(held[1])

    def test_by_a_new_password(self, cast, held):
        cast.operator.set_password("sea-and-wind-7")
        cast.operator.save()
        self.refused(held[1])

    def test_by_changing_the_password_here_too(self, cast):
        # The browser stays signed in, with another key: what is open asks for a new ticket.
        cast.operator.set_password("sea-and-wind-7")
        cast.operator.save()
        client = signed_in(cast.operator)
        asked = permit(cast, client, cast.operator)
        fields = {
            "oldpassword": "sea-and-wind-7",
            "password1": "new-words-8",
            "password2": "new-words-8",
        }
        assert client.post("/accounts/password/change/", fields).status_code == 302
        self.refused(asked)
        require_permit(permit(cast, client, cast.operator))

    def test_not_by_a_better_hash_of_the_same_key(self, cast, held, settings):
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another-secret-key-for-signing-hashes"
        session = Session.objects.get(session_key=held[1].session_key)
        before = (session.session_key, session.session_data)
        require_permit(held[1])
        session.refresh_from_db()
        assert (session.session_key, session.session_data) == before

    def test_by_the_session_running_out(self, held):
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
        self.refused(held[1])

    def test_by_deactivation(self, cast, held):
        User.objects.filter(pk=cast.operator.pk).update(is_active=False)
        self.refused(held[1])

    def test_by_deletion(self, cast, held):
        cast.operator.delete()
        self.refused(held[1])

    def test_as_somebody_elses_session(self, cast, held):
        client = signed_in(cast.officer)
        self.refused(permit(cast, client, cast.operator))

    def test_with_a_forged_hash(self, cast, held):
        client = held[0]
        session = client.session
        assert session[SESSION_KEY] == str(cast.operator.pk)
        session[HASH_SESSION_KEY] = "0" * 64
        session.save()
        self.refused(held[1])


class TestForbidden:
    def refused(self, asked: Permit, words: str) -> None:
        with pytest.raises(ForbiddenError, match=words):
            require_permit(asked)

    def test_by_removal(self, cast, held):
        with club_scope(cast.club):
            Membership.objects.filter(user=cast.operator).delete()
        self.refused(held[1], "do not belong")

    def test_by_a_lower_role(self, cast, held):
        with club_scope(cast.club):
            Membership.objects.filter(user=cast.operator).update(role=Role.MEMBER)
        self.refused(held[1], "may not run live sessions")

    def test_by_suspension_and_back(self, cast, held):
        Club.objects.filter(pk=cast.club.pk).update(suspended_at=timezone.now())
        self.refused(held[1], "suspended")
        Club.objects.filter(pk=cast.club.pk).update(suspended_at=None)
        require_permit(held[1])


class TestRinging:
    """A change rings when it is committed; ``update`` does not ring, and the net is for that."""

    @pytest.fixture
    def rung(self, monkeypatch) -> list[str]:
        groups: list[str] = []
        monkeypatch.setattr(revocation, "tell", lambda group, kind: groups.append(group))
        return groups

    @pytest.fixture(autouse=True)
    def mine(self, cast, held):
        self.user, self.club = user_group(cast.operator.pk), club_group(cast.club.pk)

    def test_permits_join_where_it_rings(self, held):
        assert held[1].groups == (self.user, self.club)

    def test_on_signing_out(self, held, rung, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            held[0].post("/accounts/logout/")
        assert rung == [self.user]

    def test_not_before_the_commit(self, cast, rung, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks() as callbacks:
            cast.operator.save()
        assert callbacks
        assert not rung

    def test_on_a_new_password_and_on_deactivation(
        self, cast, rung, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            cast.operator.is_active = False
            cast.operator.save()
        assert rung == [self.user]

    def test_on_removal(self, cast, rung, django_capture_on_commit_callbacks):
        owner = self.of(cast, cast.owner)
        with club_scope(cast.club), django_capture_on_commit_callbacks(execute=True):
            people.remove(owner, self.of(cast, cast.operator))
        assert rung == [self.user]

    def test_on_another_role(self, cast, rung, django_capture_on_commit_callbacks):
        owner = self.of(cast, cast.owner)
        with club_scope(cast.club), django_capture_on_commit_callbacks(execute=True):
            people.change_role(owner, self.of(cast, cast.operator), Role.MEMBER)
        assert rung == [self.user]

    def test_on_suspension(self, cast, rung, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            cast.club.suspended_at = timezone.now()
            cast.club.save()
        assert rung == [self.club]

    def test_on_the_deletion_of_the_account(self, cast, rung, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            cast.operator.delete()
        assert set(rung) == {self.user}

    def test_not_for_somebody_new(self, cast, rung, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            join(cast.club, User.objects.create_user("new@anchor.example"), Role.MEMBER)
            Club.objects.create(slug="new", name="New")
        assert not rung

    @staticmethod
    def of(cast: Cast, user: User) -> Membership:
        with club_scope(cast.club):
            return Membership.objects.select_related("club", "user").get(user=user)
