"""What a meeting tells the roles goes through the row of the run, and nowhere else."""

import pytest

from clubs.scoping import club_scope
from evaluations import outputs
from evaluations.core.shapes import Brief, MeetingFacts
from evaluations.models import Run
from evaluations.pipeline import LiveTranscriptShape, RunRequest
from evaluations.progress.figures import Figures
from sessions_app.models import Speech
from tests.evaluations.runs import HumSynthesizer, carry, engines

pytestmark = pytest.mark.django_db


@pytest.fixture
def speech(cast):
    with club_scope(cast.club):
        yield Speech.objects.create(club=cast.club, speaker_name="Ada", run_id=1)


def run_of(speech, **asked):
    request = RunRequest(
        brief=Brief(speaker_name="Ada", roles=("timer", "ah_counter", "grammarian")),
        live=LiveTranscriptShape(),
        **asked,
    )
    return Run.objects.create(
        club=speech.club,
        speech=speech,
        number=1,
        samples=27 * 16_000,
        request=request.model_dump(mode="json", by_alias=True),
    )


def reported(run):
    return {
        result.role_id: " ".join(part.content for part in result.report.sections)
        for result in outputs.roles_of(run)
    }


def test_the_word_of_the_day_and_the_planned_times_reach_their_roles(speech):
    facts = MeetingFacts(word_of_the_day="laughing", planned_seconds=(20, 40))
    told = reported(carry(run_of(speech, meeting=facts), engines()))
    assert "“laughing”: " in told["ah_counter"]
    assert "inflections included" in told["ah_counter"]
    assert "laugh" in told["grammarian"]
    assert "as the agenda says" in told["timer"]
    assert "Green came at 0:20" in told["timer"]


def test_a_second_attempt_reports_the_same(speech):
    run = run_of(speech, meeting=MeetingFacts(word_of_the_day="laughing"))

    class Broken(HumSynthesizer):
        async def synthesize(self, *asked):
            raise ZeroDivisionError
            yield b""  # type: ignore[unreachable]  # what makes it a generator

    with pytest.raises(ZeroDivisionError):
        carry(run, engines(synthesizer=Broken()))
    first = reported(run)
    Run.objects.filter(pk=run.pk).update(status=Run.Status.QUEUED)
    assert reported(carry(run, engines())) == first
    assert "“laughing”" in first["ah_counter"]


def test_a_run_asked_for_without_a_meeting_says_nothing_of_one(speech):
    run = run_of(speech)
    del run.request["meeting"]
    run.save()
    told = reported(carry(run, engines()))
    assert "inflections" not in told["ah_counter"]
    assert "The project names no time" in told["timer"]


def test_what_is_kept_knows_the_planned_times(speech):
    run = carry(run_of(speech, meeting=MeetingFacts(planned_seconds=(20, 40))), engines())
    outputs.keep(run)
    run.refresh_from_db()
    figures = Figures.model_validate(run.figures)
    assert figures.lights == (20.0, 40.0)
    assert "in_time" in figures.signs
    assert figures.commendations
