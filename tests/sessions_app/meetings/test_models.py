"""What a meeting may say, and that nothing on an agenda points into another club."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clubs.scoping import club_scope
from sessions_app.models import AgendaSlot, Meeting, Speech

pytestmark = pytest.mark.django_db


def meeting_of(club, **changes):
    fields = {"title": "Spring", "starts_at": datetime(2027, 3, 4, 18, 30, tzinfo=UTC)}
    with club_scope(club):
        return Meeting.objects.create(club=club, **{**fields, **changes})


@pytest.fixture
def meeting(cast):
    return meeting_of(cast.club, time_zone="America/New_York", word_of_the_day="kindle")


def test_a_time_is_told_by_the_clock_of_the_place(meeting):
    assert meeting.local_start.strftime("%H:%M") == "13:30"
    assert meeting.clock_name == "New York time"
    assert Meeting(time_zone="UTC").clock_name == "UTC"


def test_a_time_zone_must_exist(cast):
    made_up = Meeting(club=cast.club, title="x", time_zone="Mars/Base")
    with pytest.raises(ValidationError, match="time zone"):
        made_up.clean_fields(exclude=["starts_at", "club"])


class TestReferences:
    def test_to_the_meeting(self, cast, meeting):
        with club_scope(cast.other), pytest.raises(ValidationError, match="another club"):
            AgendaSlot.objects.create(club=cast.other, meeting=meeting, position=0)

    def test_to_the_speech(self, cast, meeting):
        with club_scope(cast.other):
            foreign = Speech.objects.create(club=cast.other)
        with club_scope(cast.club), pytest.raises(ValidationError, match="another club"):
            AgendaSlot.objects.create(club=cast.club, meeting=meeting, position=0, speech=foreign)

    def test_to_the_speaker(self, cast, meeting):
        with club_scope(cast.club), pytest.raises(ValidationError, match="does not belong"):
            AgendaSlot.objects.create(
                club=cast.club, meeting=meeting, position=0, speaker=cast.stranger
            )

    def test_within_the_club_are_kept(self, cast, meeting):
        with club_scope(cast.club):
            speech = Speech.objects.create(club=cast.club)
            slot = AgendaSlot.objects.create(
                club=cast.club, meeting=meeting, position=0, speaker=cast.member, speech=speech
            )
            assert speech.slot == slot

    def test_one_speech_has_one_place(self, cast, meeting):
        with club_scope(cast.club):
            speech = Speech.objects.create(club=cast.club)
            AgendaSlot.objects.create(club=cast.club, meeting=meeting, position=0, speech=speech)
            with pytest.raises(IntegrityError), transaction.atomic():
                AgendaSlot.objects.create(
                    club=cast.club, meeting=meeting, position=1, speech=speech
                )


@pytest.mark.parametrize(
    ("green", "red"), [(300, None), (None, 300), (300, 300), (300, 200), (0, 60), (60, 3601)]
)
def test_green_comes_before_red_and_neither_alone(cast, meeting, green, red):
    with club_scope(cast.club), pytest.raises(IntegrityError), transaction.atomic():
        AgendaSlot.objects.create(
            club=cast.club, meeting=meeting, position=0, min_seconds=green, max_seconds=red
        )


def test_the_facts_of_a_place(cast, meeting):
    slot = AgendaSlot(club=cast.club, meeting=meeting, min_seconds=270, max_seconds=420)
    assert slot.facts.word_of_the_day == "kindle"
    assert slot.facts.planned_seconds == (270, 420)
    assert slot.planned_minutes == "4.5 to 7 minutes"
    assert AgendaSlot(club=cast.club, meeting=meeting).facts.planned_seconds is None


def test_a_place_is_free_until_somebody_has_it(cast, meeting):
    assert AgendaSlot(meeting=meeting).is_free
    assert not AgendaSlot(meeting=meeting, speaker_name="A guest").is_free
    assert not AgendaSlot(meeting=meeting, speaker=cast.member).is_free
    assert not AgendaSlot(meeting=meeting, speech=Speech()).is_free
