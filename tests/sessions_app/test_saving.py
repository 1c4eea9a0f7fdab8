"""A speech says when its latest kept run was saved, whatever happens to its runs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clubs.scoping import club_scope
from evaluations import outputs
from evaluations.models import Run
from sessions_app.models import Speech
from sessions_app.saving import follow_runs

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def speech(cast):
    with club_scope(cast.club):
        yield Speech.objects.create(club=cast.club)


def run_of(speech, number, saved_at=None):
    return Run.objects.create(
        club=speech.club,
        speech=speech,
        number=number,
        samples=1,
        request={"brief": {"speaker_name": "Ada"}, "live": {}},
        saved_at=saved_at,
    )


def saved_at(speech):
    return Speech.objects.get(pk=speech.pk).saved_at


def test_a_run_that_is_not_kept_says_nothing(speech):
    run_of(speech, 1)
    assert saved_at(speech) is None


def test_keeping_a_run_is_noted_once(speech):
    run = run_of(speech, 1)
    outputs.keep(run, at=NOW)
    assert saved_at(speech) == NOW
    outputs.keep(run, at=NOW + timedelta(days=1))
    assert saved_at(speech) == NOW


def test_the_latest_of_several_counts(speech):
    first, second = run_of(speech, 1), run_of(speech, 2)
    outputs.keep(second, at=NOW)
    outputs.keep(first, at=NOW - timedelta(days=2))
    assert saved_at(speech) == NOW


@pytest.mark.parametrize("how", ["object", "queryset"])
def test_a_deleted_run_is_noted(speech, how):
    first = run_of(speech, 1, NOW - timedelta(days=1))
    second = run_of(speech, 2, NOW)
    if how == "object":
        second.delete()
    else:
        Run.objects.filter(pk=second.pk).delete()
    assert saved_at(speech) == first.saved_at
    Run.objects.filter(speech=speech).delete()
    assert saved_at(speech) is None


def test_a_club_can_be_deleted_with_its_runs(speech):
    """Its rows go outside any scope, and their signals with them."""
    run_of(speech, 1, NOW)
    club = speech.club
    club.delete()
    assert not type(club).objects.filter(pk=club.pk).exists()


def test_connecting_twice_notes_once(speech, django_assert_num_queries):
    follow_runs()
    # Insert, the latest, the speech.
    with django_assert_num_queries(3):
        run_of(speech, 1, NOW)
