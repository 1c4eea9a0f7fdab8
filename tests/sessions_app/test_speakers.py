"""Whose speech it is, by the name that consent was given in."""

import pytest

from clubs.models import User
from clubs.scoping import club_scope
from sessions_app.models import Speech
from sessions_app.speakers import speaker_id_for
from tests.cast import Role, join

pytestmark = pytest.mark.django_db


@pytest.fixture
def club(cast):
    with club_scope(cast.club):
        yield cast.club


@pytest.fixture
def ada(club):
    user = User.objects.create_user("ada@anchor.example", name="Ada Moreno")
    join(club, user, Role.MEMBER)
    return user


def test_a_members_name_means_the_member(club, ada):
    assert speaker_id_for(club, Speech(club=club), " ada MORENO ") == ada.pk


def test_a_guests_name_means_nobody(club, ada):
    assert speaker_id_for(club, Speech(club=club), "Ada M.") is None
    assert speaker_id_for(club, Speech(club=club), "") is None


def test_of_two_namesakes_nobody_is_meant(club, ada):
    other = User.objects.create_user("ada2@anchor.example", name="Ada Moreno")
    join(club, other, Role.MEMBER)
    assert speaker_id_for(club, Speech(club=club), "Ada Moreno") is None
    chosen = Speech(club=club, speaker=other, speaker_name="Ada Moreno")
    assert speaker_id_for(club, chosen, "Ada Moreno") == other.pk


def test_another_name_is_another_speaker(club, ada, cast):
    planned = Speech(club=club, speaker=cast.member, speaker_name=cast.member.name)
    assert speaker_id_for(club, planned, "Ada Moreno") == ada.pk
    assert speaker_id_for(club, planned, "Somebody else") is None


def test_a_member_of_another_club_is_not_meant(club, cast):
    assert speaker_id_for(club, Speech(club=club), cast.stranger.name) is None
