"""A transcript is put right by its speaker, and everything that rests on it follows."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from clubs.models import DailyLimit
from clubs.scoping import club_scope
from evaluations import outputs, tasks, usage
from evaluations.core import evidence
from evaluations.core.rendering import transcript_text
from evaluations.core.shapes import Brief
from evaluations.models import Output, Run, StageResult
from evaluations.pipeline import LiveTranscriptShape, RunRequest
from evaluations.roles.registry import role_ids
from sessions_app.documents import document_of
from sessions_app.models import Speech
from tests.evaluations.openai_engines import evaluator
from tests.evaluations.runs import LINES, HumSynthesizer, carry, engines
from tests.fakes import openai_server as fakes

pytestmark = pytest.mark.django_db

TEXTS = [line.text for line in LINES]
RIGHT = [TEXTS[0].replace("train", "night train"), *TEXTS[1:]]


@pytest.fixture(autouse=True)
def club(cast):
    with club_scope(cast.club):
        yield cast.club


@pytest.fixture
def sent(monkeypatch):
    """The speeches whose sound was asked for anew."""
    asked: list[str] = []
    monkeypatch.setattr(tasks.speak, "enqueue", lambda **ids: asked.append(ids["speech_id"]))
    return asked


@pytest.fixture
def kept(cast, club, sent):
    return keep(cast, club, engines())


def keep(cast, club, by):
    speech = Speech.objects.create(club=club, speaker=cast.member, speaker_name="Ada", run_id=1)
    request = RunRequest(
        brief=Brief(speaker_name="Ada", roles=role_ids()),
        live=LiveTranscriptShape(segments=tuple(line.segment() for line in LINES)),
    )
    run = Run.objects.create(
        club=club,
        speech=speech,
        number=1,
        samples=16_000,
        request=request.model_dump(mode="json", by_alias=True),
    )
    carry(run, by)
    outputs.keep(run)
    run.refresh_from_db()
    return run


def there(value):
    assert value is not None
    return value


def transcript_of(run):
    return there(outputs.transcript_of(run))


def scripted_of(run):
    return there(outputs.scripted_of(run))


def metrics_of(run):
    return there(outputs.metrics_of(run))


def address(run):
    return f"/clubs/anchor/sessions/{run.speech_id}/correct/"


def post(user, run, lines=RIGHT, version=None):
    client = Client()
    client.force_login(user)
    given = (
        (run.corrected_at.isoformat() if run.corrected_at else "") if version is None else version
    )
    return client.post(address(run), {"line": lines, "version": given})


def texts_of(run):
    return {
        file.name: bytes(file.content).decode()
        for file in Output.objects.filter(run=run)
        if not file.content_type.startswith("audio/")
    }


def assert_sound(run):
    """All that is stored of a run is of one and the same transcript."""
    transcript, scripted = transcript_of(run), scripted_of(run)
    assert evidence.grounded(scripted.evaluation, transcript) == scripted.evaluation
    assert evidence.is_enough(scripted.evaluation)
    files = texts_of(run)
    assert files["transcript.txt"] == transcript_text(transcript)
    assert scripted.script in files["evaluation.txt"]
    assert f'"totalWords": {len(transcript.words)}' in files["metrics.json"]


def test_the_page_shows_every_line_and_saving_it_as_it_is_changes_nothing(cast, kept, sent):
    client = Client()
    client.force_login(cast.member)
    page = client.get(address(kept)).content.decode()
    assert re.findall(r"<textarea[^>]*>([^<]*)", page) == TEXTS
    assert post(cast.member, kept, TEXTS).status_code == 302
    kept.refresh_from_db()
    assert kept.corrected_at is None
    assert not sent


def test_everything_follows_the_speaker_s_words(cast, club, kept, sent):
    before = metrics_of(kept)
    assert post(cast.member, kept).status_code == 302
    kept.refresh_from_db()
    assert transcript_of(kept).segments[0].text == RIGHT[0]
    assert_sound(kept)
    after = metrics_of(kept)
    assert after.total_words == before.total_words + 1
    assert (after.energy, after.pitch) == (before.energy, before.pitch)
    assert kept.figures["words"] == after.total_words
    assert [role.role_id for role in outputs.roles_of(kept)] == list(role_ids())
    # The words that were heard are nowhere in the run any more.
    assert kept.request["live"]["segments"] == []
    stored = repr(list(StageResult.objects.filter(run=kept).values_list("result", flat=True)))
    assert TEXTS[0] not in stored
    document = document_of(club, Speech.objects.get(pk=kept.speech_id), kept)
    assert document.about.corrected_at == kept.corrected_at


def test_a_script_that_changed_is_spoken_again_and_until_then_there_is_no_sound(cast, kept, sent):
    post(cast.member, kept, [TEXTS[0].replace("last train", "very last bus"), *TEXTS[1:]])
    kept.refresh_from_db()
    assert sent == [str(kept.speech_id)]
    assert kept.status == Run.Status.QUEUED
    assert outputs.sound_of(kept) is None
    assert not Output.objects.filter(run=kept, content_type__startswith="audio/").exists()
    voice = HumSynthesizer()
    carry(kept, engines(synthesizer=voice))
    assert kept.status == Run.Status.READY
    assert voice.said == [scripted_of(kept).script]
    assert outputs.sound_of(kept) is not None
    assert_sound(kept)


def test_a_club_that_has_had_its_share_gets_the_words_without_the_sound(cast, club, kept, sent):
    DailyLimit.objects.create(club=club, evaluations=1)
    assert not usage.admit(club)
    post(cast.member, kept, [TEXTS[0].replace("last train", "very last bus"), *TEXTS[1:]])
    kept.refresh_from_db()
    assert (kept.status, sent) == (Run.Status.READY, [])
    assert outputs.sound_of(kept) is None
    assert_sound(kept)


def test_of_a_vendor_s_evaluation_what_still_stands_stays(cast, club, sent):
    with fakes.openai_server() as fake:
        run = keep(cast, club, engines(evaluator=evaluator(fake)))
    before = scripted_of(run).evaluation
    quoted = before.items[0].evidence_quote
    at = next(number for number, text in enumerate(TEXTS) if quoted in text)
    words = TEXTS[at].split()
    words[1] = "surely"
    post(cast.member, run, [" ".join(words) if n == at else text for n, text in enumerate(TEXTS)])
    run.refresh_from_db()
    after = scripted_of(run).evaluation
    assert "surely" in after.items[0].evidence_quote
    assert after.items[1:] == before.items[1:]
    assert_sound(run)


def test_too_few_words_left_are_no_evaluation(cast, kept, sent):
    post(cast.member, kept, ["Only these words", *[""] * (len(TEXTS) - 1)])
    kept.refresh_from_db()
    assert kept.status == Run.Status.TOO_SHORT
    assert outputs.scripted_of(kept) is None
    assert "evaluation.txt" not in texts_of(kept)
    assert not sent


def test_what_retention_has_taken_does_not_come_back(cast, kept, sent):
    StageResult.objects.filter(run=kept).exclude(stage="transcript").delete()
    Output.objects.filter(run=kept).exclude(name="transcript.txt").delete()
    Run.objects.filter(pk=kept.pk).update(request={}, figures=None)
    kept.refresh_from_db()
    post(cast.member, kept)
    kept.refresh_from_db()
    assert texts_of(kept) == {"transcript.txt": transcript_text(transcript_of(kept))}
    assert [row.stage for row in StageResult.objects.filter(run=kept)] == ["transcript"]
    assert kept.figures is None


def test_sound_that_is_gone_by_its_clock_is_not_made_again(cast, kept, sent):
    StageResult.objects.filter(run=kept, stage="speech").delete()
    Output.objects.filter(run=kept, content_type__startswith="audio/").delete()
    post(cast.member, kept, [TEXTS[0].replace("last train", "very last bus"), *TEXTS[1:]])
    kept.refresh_from_db()
    assert (kept.status, sent) == (Run.Status.READY, [])
    assert_sound(kept)


def test_retention_s_clock_goes_on(cast, kept):
    saved = kept.saved_at
    post(cast.member, kept)
    kept.refresh_from_db()
    assert kept.saved_at == saved


@pytest.mark.parametrize(
    ("role", "status"), [("member", 302), ("operator", 403), ("officer", 302), ("owner", 302)]
)
def test_by_the_speaker_and_the_officers(cast, kept, role, status):
    assert ("Correct the transcript" in page_of(getattr(cast, role), kept)) is (status == 302)
    assert post(getattr(cast, role), kept).status_code == status


def page_of(user, run):
    client = Client()
    client.force_login(user)
    return client.get(f"/clubs/anchor/sessions/{run.speech_id}/").content.decode()


def test_of_two_who_correct_the_same_the_second_is_told(cast, kept):
    post(cast.member, kept)
    answer = post(cast.owner, kept, TEXTS, version="")
    assert answer.status_code == 409
    assert "corrected this transcript meanwhile" in answer.content.decode()
    assert transcript_of(kept).segments[0].text == RIGHT[0]


def test_other_lines_than_there_are_are_refused(cast, kept):
    assert post(cast.member, kept, RIGHT[:-1]).status_code == 409
    kept.refresh_from_db()
    assert kept.corrected_at is None


def test_while_it_is_being_evaluated_it_waits(cast, kept):
    Run.objects.filter(pk=kept.pk).update(status=Run.Status.RUNNING, heard_at=timezone.now())
    assert "being made just now" in post(cast.member, kept).content.decode()


def test_markup_stays_text(cast, kept):
    post(cast.member, kept, ["<script>alert(1)</script>", *TEXTS[1:]])
    assert "<script>alert" not in page_of(cast.member, kept)
