"""A club's first page: what comes, what goes on, what was, who there is."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clubs.models import User
from clubs.scoping import club_scope
from sessions_app.dashboard import Face
from sessions_app.meetings import agenda
from sessions_app.models import AgendaSlot, Meeting, Speech
from tests.cast import Role
from tests.sessions_app.speeches import save_speeches

pytestmark = pytest.mark.django_db


@pytest.fixture
def club(cast):
    with club_scope(cast.club):
        yield cast.club


def seen_by(user):
    client = Client()
    client.force_login(user)
    return client.get("/clubs/anchor/")


def test_the_next_meeting_is_the_one_that_is_not_over(cast, club):
    for title, days in (("Past", -1), ("Later", 9), ("Next", 2)):
        Meeting.objects.create(
            club=club, title=title, starts_at=timezone.now() + timedelta(days=days)
        )
    response = seen_by(cast.member)
    assert response.context["meeting"].title == "Next"
    agenda.append(
        AgendaSlot(club=club, meeting=response.context["meeting"], project_type="Ice breaker")
    )
    page = seen_by(cast.member).content.decode()
    assert "Ice breaker" in page
    assert "Free" in page


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("owner", {"Bring your people in", "Plan a meeting"}),
        ("operator", {"Plan a meeting"}),
        ("member", set()),
    ],
)
def test_an_empty_club_says_what_to_do_first(cast, role, said):
    page = seen_by(cast.roles[Role(role)]).content.decode()
    steps = {"Bring your people in", "Plan a meeting"}
    assert {step for step in steps if step in page} == said
    assert ("What to do first" in page) is bool(said)


def test_live_and_recent_are_those_one_may_see(cast, club):
    save_speeches(club, cast.officer, 8)
    Speech.objects.create(
        club=club,
        title="Secret talk",
        state=Speech.State.RECORDING,
        visibility=Speech.Visibility.SPEAKER,
    )
    Speech.objects.filter(title="Speech 8").update(visibility=Speech.Visibility.SPEAKER)
    member, owner = seen_by(cast.member), seen_by(cast.owner)
    assert next(one.title for one in member.context["recent"]) == "Speech 7"
    assert next(one.title for one in owner.context["recent"]) == "Speech 8"
    assert "Secret talk" not in member.content.decode()
    assert "Secret talk" in owner.content.decode()


def test_people_are_faces(cast):
    response = seen_by(cast.member)
    assert response.context["people_count"] == 4
    assert len(response.context["faces"]) == 4


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Maya Okafor", "MO"),
        ("maya", "M"),
        ("Ana María de la Cruz", "AC"),
        ("  ", "?"),
        ("", "?"),
        ("Émile Zola", "ÉZ"),
    ],
)
def test_initials(name, initials):
    assert Face(User(name=name)).initials == initials
