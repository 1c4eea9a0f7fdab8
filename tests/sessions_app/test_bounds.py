"""The pages of a club take the same number of queries however much has been said in it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clubs.models import User
from clubs.scoping import club_scope
from evaluations.models import Goal
from sessions_app.meetings import agenda
from sessions_app.models import AgendaSlot, Meeting, Speech
from tests.cast import Role, join
from tests.sessions_app.speeches import save_speeches

pytestmark = pytest.mark.django_db

# What a page may take at all, sign-in included.
MOST = 14


def grow(cast, count):
    """A club with ``count`` of everything."""
    with club_scope(cast.club):
        save_speeches(cast.club, cast.member, count)
        Speech.objects.bulk_create(
            Speech(club=cast.club, speaker_name="Ada", state=Speech.State.RECORDING)
            for _ in range(count)
        )
        for number in range(count):
            user = User.objects.create(email=f"{count}-{number}@anchor.example", name="A B")
            join(cast.club, user, Role.MEMBER)
        moment = timezone.now() + timedelta(days=1)
        Meeting.objects.bulk_create(
            Meeting(club=cast.club, title="Spring", starts_at=moment - timedelta(days=7 * number))
            for number in range(count)
        )
        meeting = Meeting.objects.order_by("-starts_at").first()
        assert meeting is not None
        AgendaSlot.objects.bulk_create(
            AgendaSlot(
                club=cast.club, meeting=meeting, position=0, speaker=cast.member, speaker_name="A"
            )
            for _ in range(count)
        )
        for slot in agenda.slots_of(meeting)[:3]:
            agenda.start(slot, cast.operator)
        Goal.objects.get_or_create(
            club=cast.club, user=cast.member, measure="pace", direction="at_most", target=150
        )
        return meeting


@pytest.mark.parametrize("role", Role)
def test_queries_do_not_grow(cast, role):
    client = Client()
    client.force_login(cast.roles[role])

    def taken(meeting):
        pages = {
            "dashboard": "/clubs/anchor/",
            "speeches": "/clubs/anchor/sessions/",
            "last page": "/clubs/anchor/sessions/?page=last",
            "meetings": "/clubs/anchor/meetings/",
            "meeting": f"/clubs/anchor/meetings/{meeting.pk}/",
            "person": f"/clubs/anchor/people/{cast.member.pk}/",
            "person's older": f"/clubs/anchor/people/{cast.member.pk}/?page=2",
        }
        counts = {}
        for name, page in pages.items():
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            counts[name] = len(queries)
        return counts

    few = taken(grow(cast, 30))
    many = taken(grow(cast, 200))
    assert many == few
    assert max(many.values()) <= MOST
