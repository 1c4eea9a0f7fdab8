"""A club has so many evaluations a day; what is asked for beyond waits, and nothing is lost."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from clubs.models import DailyLimit, DailyUsage
from clubs.scoping import club_scope
from evaluations import queueing, usage
from evaluations.core.shapes import Brief, ProjectContext
from evaluations.models import Run
from evaluations.pipeline import LiveTranscriptShape, RunRequest
from evaluations.tasks import evaluate
from sessions_app.models import Speech

pytestmark = pytest.mark.django_db

REQUEST = RunRequest(
    brief=Brief(
        speaker_name="Ada",
        project=ProjectContext(speech_title="", project_type="", objectives=()),
        time_limit_seconds=120,
        style="classic",
        notes="",
        roles=(),
    ),
    live=LiveTranscriptShape(),
)


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """The runs that a worker was told of."""
    numbers: list[int] = []
    monkeypatch.setattr(evaluate, "enqueue", lambda **ids: numbers.append(ids["number"]))
    return numbers


@pytest.fixture
def club(cast):
    with club_scope(cast.club):
        yield cast.club


@pytest.fixture
def speech(club) -> Speech:
    return Speech.objects.create(club=club)


def ask(club, speech, number: int) -> Run:
    queueing.request_run(club, speech.pk, number, 16_000, REQUEST)
    return Run.objects.get(speech=speech, number=number)


def test_within_the_limit_runs_are_queued_and_counted(club, speech, sent):
    DailyLimit.objects.create(club=club, evaluations=2)
    assert [ask(club, speech, number).status for number in (1, 2)] == ["queued"] * 2
    assert sent == [1, 2]
    assert DailyUsage.objects.get().evaluations == 2


def test_beyond_it_a_run_says_why_and_may_be_asked_for_again(club, speech, sent):
    limit = DailyLimit.objects.create(club=club, evaluations=1)
    ask(club, speech, 1)
    run = ask(club, speech, 2)
    assert (run.status, run.stage) == ("failed", "failed")
    assert "has had its evaluation for today" in run.message
    assert "recording is still here" in run.message
    assert ask(club, speech, 2).status == "failed"
    assert sent == [1]
    limit.evaluations = 2
    limit.save()
    run = ask(club, speech, 2)
    assert (run.status, run.stage, run.message) == ("queued", "", "")
    assert sent == [1, 2]
    assert DailyUsage.objects.get().evaluations == 2


def test_what_is_on_its_way_is_not_counted_twice(club, speech, sent):
    DailyLimit.objects.create(club=club, evaluations=1)
    ask(club, speech, 1)
    assert ask(club, speech, 1).status == "queued"
    assert DailyUsage.objects.get().evaluations == 1


def test_yesterday_does_not_count(club, speech, sent):
    DailyLimit.objects.create(club=club, evaluations=1)
    yesterday = timezone.now().date() - timedelta(days=1)
    DailyUsage.objects.create(club=club, day=yesterday, evaluations=1)
    assert ask(club, speech, 1).status == "queued"


def test_other_clubs_do_not_count(cast, sent, settings):
    settings.SPEECHCOACH_EVALUATIONS_PER_DAY = 1
    for club in (cast.club, cast.other):
        with club_scope(club):
            speech = Speech.objects.create(club=club)
            assert ask(club, speech, 1).status == "queued"
            assert ask(club, speech, 2).status == "failed"


def test_what_was_used_outlives_the_runs(club, speech, sent):
    ask(club, speech, 1)
    usage.charge(club.pk, Decimal("0.25"))
    usage.charge(club.pk, Decimal("0.5"))
    usage.charge(club.pk, Decimal(0))
    speech.delete()
    used = DailyUsage.objects.get()
    assert (used.evaluations, used.cost_usd) == (1, Decimal("0.75"))
