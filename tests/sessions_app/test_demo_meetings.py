"""The demo's meetings: one over, one to come, made once and again when it has passed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clubs import demo
from clubs.models import Club, User
from clubs.scoping import club_scope
from sessions_app.demo_meetings import MEETINGS, seed_meetings
from sessions_app.meetings.views import coming
from sessions_app.models import AgendaSlot, Meeting, Speech

pytestmark = pytest.mark.django_db


@pytest.fixture(params=list(demo.CLUBS))
def club(request):
    demo.seed(people_only=True)
    found = Club.objects.get(slug=request.param)
    with club_scope(found):
        yield found


@pytest.fixture
def people(club):
    emails = {one.role.value: one.email for one in demo.PEOPLE if one.club == club.slug}
    return {role: User.objects.get(email=email) for role, email in emails.items()}


@pytest.fixture
def given(club):
    past = MEETINGS[club.slug][0]
    return Speech.objects.create(club=club, title=past.slots[0].given, project_type="Ice breaker")


def titles():
    return list(Meeting.objects.values_list("title", flat=True))


def test_one_is_over_and_one_to_come(club, people, given):
    seed_meetings(club, people)
    past, ahead = Meeting.objects.all()
    assert list(coming(club, timezone.now())) == [ahead]
    assert past.starts_at < timezone.now() < ahead.starts_at
    slot = AgendaSlot.objects.get(meeting=past)
    assert (slot.speech, slot.title, slot.project_type) == (given, given.title, "Ice breaker")
    assert AgendaSlot.objects.filter(meeting=ahead).count() > 1
    assert any(slot.is_free for slot in AgendaSlot.objects.filter(meeting=ahead))


def test_again_changes_nothing(club, people, given):
    seed_meetings(club, people)
    before = titles()
    Meeting.objects.filter(title=before[0]).update(title="Renamed by an officer")
    seed_meetings(club, people)
    assert titles() == ["Renamed by an officer", *before[1:]]


def test_when_the_one_to_come_has_passed_there_is_another(club, people, given):
    seed_meetings(club, people)
    Meeting.objects.update(starts_at=timezone.now() - timedelta(days=1))
    seed_meetings(club, people)
    assert coming(club, timezone.now()).count() == 1
    assert Meeting.objects.count() == 3


def test_without_the_speeches_the_agenda_stands_by_itself(club, people):
    seed_meetings(club, people)
    assert not AgendaSlot.objects.filter(speech__isnull=False).exists()
