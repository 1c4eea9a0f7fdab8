"""One process works on a run at a time; a message that comes twice changes nothing."""

import os

import pytest
from django.utils import timezone

from evaluations import claims
from evaluations.claims import Holder
from evaluations.models import Run

pytestmark = pytest.mark.django_db


def claim(run: Run) -> Run | None:
    return claims.claim(run.club, str(run.speech_id), run.number)


def held_by(run: Run, holder: Holder) -> None:
    Run.objects.filter(pk=run.pk).update(
        status=Run.Status.RUNNING, claim=1, attempts=1, holder=str(holder)
    )


def test_a_claim_says_who_has_the_run(run):
    taken = claim(run)
    assert taken is not None
    assert Holder.read(taken.holder) == Holder.here()
    assert (taken.status, taken.attempts, taken.claim) == (Run.Status.RUNNING, 1, 1)


def test_a_message_that_comes_twice_takes_nothing_from_whoever_has_it(run):
    first = claim(run)
    assert first is not None
    assert claim(run) is None
    assert claims.beat(first)


@pytest.mark.parametrize(
    "status",
    [Run.Status.READY, Run.Status.TOO_SHORT, Run.Status.FAILED, Run.Status.CANCELLED],
)
def test_what_is_over_is_not_claimed(run, status):
    Run.objects.filter(pk=run.pk).update(status=status)
    assert claim(run) is None


def test_of_two_that_read_the_same_row_one_has_it(run, monkeypatch):
    read = claims.as_it_is

    def overtaken(row: Run):
        monkeypatch.setattr(claims, "as_it_is", read)
        assert claim(run) is not None
        return read(row)

    monkeypatch.setattr(claims, "as_it_is", overtaken)
    assert claim(run) is None


def test_what_a_killed_sibling_had_is_taken_at_once(run, ended):
    here = Holder.here()
    held_by(run, Holder(here.host, here.parent, ended))
    taken = claim(run)
    assert taken is not None
    assert (taken.attempts, taken.claim) == (2, 2)


@pytest.mark.parametrize("other", ["host", "parent", "alive"])
def test_of_whoever_is_no_sibling_or_alive_nothing_is_taken(run, ended, other):
    here = Holder.here()
    holders = {
        "host": Holder("elsewhere", here.parent, ended),
        "parent": Holder(here.host, here.parent + 1, ended),
        "alive": Holder(here.host, here.parent, os.getppid()),
    }
    held_by(run, holders[other])
    assert claim(run) is None


@pytest.mark.parametrize("text", ["", "host", "host/1", "host/a/2", "a/b/c/d"])
def test_who_cannot_be_read_is_nobody_known(text):
    assert Holder.read(text) is None


def test_a_host_may_have_any_name():
    holder = Holder("a/b", 3, 4)
    assert Holder.read(str(holder)) == holder


def test_handing_on_costs_no_attempt(run):
    writer = claim(run)
    assert writer is not None
    assert claims.hand_on(writer)
    assert not claims.hand_on(writer)
    speaker = claim(run)
    assert speaker is not None
    assert (speaker.attempts, speaker.claim) == (1, 2)
    assert not claims.beat(writer)


def test_nothing_is_taken_back_from_whoever_gave_a_sign_meanwhile(run):
    taken = claim(run)
    assert taken is not None
    seen = Run.objects.get(pk=run.pk)
    assert claims.beat(taken)
    assert not claims.take_back(seen, timezone.now())
    assert claims.take_back(Run.objects.get(pk=run.pk), timezone.now())
    assert not claims.beat(taken)
