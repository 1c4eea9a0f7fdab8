"""Runs that nobody works on are sent again, and no others."""

import itertools
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from clubs.scoping import club_scope
from evaluations import claims
from evaluations.claims import Holder
from evaluations.models import Run
from evaluations.reaper import GRACE_BEATS, RESENT_BEATS, SELDOM_BEATS, SILENT_BEATS, reap
from sessions_app.models import Speech

pytestmark = pytest.mark.django_db

BEAT = 3.0
START = timezone.now()
ELSEWHERE = Holder("elsewhere", 1, 2)


def after(beats: float) -> datetime:
    return START + timedelta(seconds=beats * BEAT)


def reaped(at: datetime) -> list[int]:
    """What one round sends."""
    sent: list[int] = []
    reap(lambda run: sent.append(run.pk), BEAT, at)
    return sent


@pytest.fixture
def held(run) -> Run:
    """A run in the hands of a worker that nobody here can see."""
    claimed = claims.claim(run.club, str(run.speech_id), run.number)
    assert claimed is not None
    Run.objects.filter(pk=run.pk).update(holder=str(ELSEWHERE), heard_at=START)
    claimed.refresh_from_db()
    return claimed


@pytest.fixture
def queued(run) -> Run:
    Run.objects.filter(pk=run.pk).update(asked_at=START, heard_at=START)
    run.refresh_from_db()
    return run


def test_whoever_gives_signs_keeps_its_run(held):
    assert reaped(after(SILENT_BEATS)) == []
    Run.objects.filter(pk=held.pk).update(heard_at=after(SILENT_BEATS))
    assert reaped(after(2 * SILENT_BEATS)) == []


def test_whoever_is_silent_although_waited_for_loses_it(held):
    assert reaped(after(SILENT_BEATS + 0.5)) == []
    assert reaped(after(SILENT_BEATS + 0.5 + GRACE_BEATS)) == [held.pk]
    held.refresh_from_db()
    assert (held.status, held.holder, held.attempts) == (Run.Status.QUEUED, "", 1)


def test_it_is_taken_up_within_thirty_seconds(held):
    """The worst case: a sign just before the end, and rounds just before they would be due."""
    rounds = SILENT_BEATS + 1 + GRACE_BEATS
    assert rounds * BEAT + RESENT_BEATS * BEAT <= 30
    assert [reaped(after(beat)) for beat in range(rounds + 1)] == [[]] * rounds + [[held.pk]]


def test_rounds_that_come_all_at_once_are_one(held):
    """As those do that waited while the database was away."""
    for _ in range(10):
        assert reaped(after(SILENT_BEATS + 20)) == []


def test_a_sign_between_two_rounds_counts(held):
    """After the database was away for long, all are silent until they have had their turn."""
    assert reaped(after(20)) == []
    assert claims.beat(held)
    Run.objects.filter(pk=held.pk).update(heard_at=after(20.5))
    assert reaped(after(21)) == []
    held.refresh_from_db()
    assert held.missed_at is None


def test_of_two_rounds_at_once_one_sends(held, monkeypatch):
    reaped(after(SILENT_BEATS + 0.5))
    here: list[int] = []

    def again(run: Run) -> None:
        here.append(run.pk)
        here.extend(reaped(after(SILENT_BEATS + 0.5 + GRACE_BEATS)))

    reap(again, BEAT, after(SILENT_BEATS + 0.5 + GRACE_BEATS))
    assert here == [held.pk]


def test_a_sibling_that_is_gone_is_not_waited_for(held, ended):
    here = Holder.here()
    Run.objects.filter(pk=held.pk).update(holder=str(Holder(here.host, here.parent, ended)))
    assert reaped(after(0)) == [held.pk]


def test_a_sibling_that_lives_is_left_alone(held):
    Run.objects.filter(pk=held.pk).update(holder=str(Holder.here()))
    assert reaped(after(SILENT_BEATS)) == []


def test_a_message_that_is_not_taken_is_sent_again(queued):
    assert reaped(after(RESENT_BEATS)) == []
    assert reaped(after(RESENT_BEATS + 1)) == [queued.pk]
    assert reaped(after(RESENT_BEATS + 2)) == []


def test_in_a_long_queue_less_often_and_never_seldom(queued):
    rounds = [beat for beat in range(100) if reaped(after(beat))]
    pauses = [later - sooner for sooner, later in itertools.pairwise(rounds)]
    assert max(pauses) == SELDOM_BEATS + 1
    assert (SELDOM_BEATS + 1) * BEAT <= 30
    assert len(set(pauses[3:])) == 1


@pytest.mark.parametrize(
    "status",
    [Run.Status.READY, Run.Status.TOO_SHORT, Run.Status.FAILED, Run.Status.CANCELLED],
)
def test_what_is_over_is_left_alone(held, status):
    Run.objects.filter(pk=held.pk).update(status=status)
    assert reaped(after(50)) + reaped(after(100)) == []


def test_every_club_has_its_runs_found(cast, queued):
    with club_scope(cast.other):
        speech = Speech.objects.create(club=cast.other)
        other = Run.objects.create(
            club=cast.other, speech=speech, number=1, samples=0, request={}, heard_at=START
        )
    assert set(reaped(after(RESENT_BEATS + 1))) == {queued.pk, other.pk}
