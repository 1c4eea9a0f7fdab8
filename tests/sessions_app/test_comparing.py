"""The page on which two speeches stand side by side."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clubs.scoping import club_scope
from evaluations import outputs
from evaluations.models import Goal, Run, StageResult
from sessions_app.models import Speech
from tests.sessions_app.kept import LINES, keep_speech

pytestmark = pytest.mark.django_db

MORE = (*LINES, "Um, so, um, take the earlier train and, um, you will see that I was right.")


@pytest.fixture
def pair(cast):
    """A member's two speeches, the later one saved first."""
    now = timezone.now()
    made = []
    for title, lines, days in (("Second", LINES, 1), ("First", MORE, 9)):
        at = now - timedelta(days=days)
        made.append(
            keep_speech(cast.club, lines=lines, title=title, speaker=cast.member, recorded_at=at)
        )
    with club_scope(cast.club):
        for run in Run.objects.filter(speech__in=made):
            Run.objects.filter(pk=run.pk).update(figures=outputs.figures_for(run))
    return made[1], made[0]


def page(user, speech, other=None, status=200):
    client = Client()
    client.force_login(user)
    asked = {} if other is None else {"with": str(getattr(other, "pk", other))}
    answer = client.get(f"/clubs/anchor/sessions/{speech.pk}/compare/", asked)
    assert answer.status_code == status
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split()))


def test_the_speaker_s_one_before_stands_beside_it_the_earlier_first(cast, pair):
    first, second = pair
    for shown in (page(cast.member, second), page(cast.member, first)):
        assert "Figure First Second What is better" in shown
        assert re.search(r"Fillers a minute [\d.]+ [\d.]+ better Fewer is better", shown)


def test_both_evaluations_with_their_quotes(cast, pair):
    first, second = pair
    shown = page(cast.owner, second, first)
    assert f"“{LINES[0]}”" in shown
    assert f"“{LINES[-1]}”" in shown
    assert f"“{MORE[-1]}”" in shown


def test_goals_are_their_owner_s_to_see(cast, pair):
    with club_scope(cast.club):
        Goal.objects.create(
            club=cast.club, user=cast.member, measure="pace", direction="at_least", target=150
        )
        Goal.objects.create(
            club=cast.club, user=cast.owner, measure="pace", direction="at_most", target=111
        )
    assert "at least 150" in page(cast.member, *pair)
    assert "Your goal" not in page(cast.owner, *pair)


def test_what_may_not_be_seen_is_not_compared(cast, pair):
    first, second = pair
    foreign = keep_speech(cast.other, title="Foreign")
    with club_scope(cast.club):
        Speech.objects.filter(pk=first.pk).update(visibility="speaker")
    for other in (foreign, first, "nonsense"):
        page(cast.operator, second, other, status=404)
    assert "First" not in page(cast.operator, second)
    page(cast.operator, first, status=404)


def test_a_first_speech_has_nothing_beside_it(cast):
    alone = keep_speech(cast.club, speaker=cast.member)
    assert "nothing to compare with yet" in page(cast.member, alone)
    assert "nothing to compare with yet" in page(cast.member, alone, alone)


def test_nothing_saved_is_nothing_to_compare(cast):
    with club_scope(cast.club):
        empty = Speech.objects.create(club=cast.club, speaker=cast.member)
    page(cast.member, empty, status=404)


def test_what_is_no_longer_kept_is_said(cast, pair):
    with club_scope(cast.club):
        StageResult.objects.filter(run__speech=pair[0]).exclude(stage="transcript").delete()
    shown = page(cast.member, *pair)
    assert "measurements are no longer kept" in shown
    assert "No evaluation of this speech is kept." in shown
