import pytest
from django.contrib.auth.models import AnonymousUser
from django_scopes import get_scope

from clubs.access import access_club, clubs_of
from clubs.models import User
from speechcoach.errors import NotFoundError, SignedOutError
from tests.cast import Role, join


class TestAccessClub:
    def test_gives_a_members_role_and_club(self, cast):
        for role, user in cast.roles.items():
            membership = access_club(user, "anchor")
            assert (membership.role, membership.club, membership.user) == (role, cast.club, user)

    def test_takes_one_query(self, cast, django_assert_num_queries):
        with django_assert_num_queries(1):
            membership = access_club(cast.member, "anchor")
            assert membership.club.name
            assert membership.user.email

    def test_says_the_same_of_another_club_and_of_none(self, cast, django_assert_num_queries):
        with django_assert_num_queries(1), pytest.raises(NotFoundError) as stranger:
            access_club(cast.stranger, "anchor")
        with django_assert_num_queries(1), pytest.raises(NotFoundError) as made_up:
            access_club(cast.stranger, "no-such-club")
        assert stranger.value.sentence == made_up.value.sentence

    def test_asks_a_visitor_to_sign_in_whether_or_not_the_club_exists(self, cast):
        for slug in ("anchor", "no-such-club"):
            with pytest.raises(SignedOutError):
                access_club(AnonymousUser(), slug)

    def test_leaves_no_scope_behind(self, cast):
        access_club(cast.member, "anchor")
        assert not get_scope()

    def test_gives_a_superuser_no_club_they_are_not_in(self, cast):
        root = User.objects.create_superuser("root@anchor.example")
        with pytest.raises(NotFoundError):
            access_club(root, "anchor")


class TestClubsOf:
    def test_is_empty_for_a_visitor_and_for_who_is_in_none(self, cast):
        assert clubs_of(AnonymousUser()) == []
        assert clubs_of(User.objects.create_user("new@anchor.example")) == []

    def test_names_each_club_with_the_role_in_it(self, cast):
        join(cast.other, cast.member, Role.OFFICER)
        assert [(m.club.slug, m.role) for m in clubs_of(cast.member)] == [
            ("anchor", "member"),
            ("beacon", "officer"),
        ]
