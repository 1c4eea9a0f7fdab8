"""A file becomes a speech: what is asked, what is taken, what comes of it, and what goes."""

import json
import threading
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone

from clubs.models import ConsentEvent
from clubs.scoping import club_scope
from evaluations import outputs
from evaluations.models import Run
from sessions_app.contract.consent import consent_text
from sessions_app.core.bar import Bar
from sessions_app.detection.energy import EnergyDetector
from sessions_app.models import RecordingBars, Speech, Upload
from sessions_app.purge import purge_due
from sessions_app.source import upload_key, vault_key
from sessions_app.stream import rows
from sessions_app.stream.memory import MemoryRing
from sessions_app.uploads import carrying, extraction
from sessions_app.uploads.receiving import MOST_OF_A_PERSON, PIECE_BYTES
from sessions_app.vault.memory import MemoryVault
from speechcoach import providers
from tests.evaluations.runs import carry, engines
from tests.sessions_app.uploads.media import Kind, make

pytestmark = pytest.mark.django_db

FILE = make(Kind("ipod", "aac"), seconds=28.0)
ASKED = {
    "speaker_name": "Ada Guest",
    "consent_confirmed": "on",
    "speech_title": "The <b>last</b> train",
    "project_type": "Story",
    "objectives": "Begin in the middle\nEnd early",
    "time_limit_seconds": "90",
    "style": "sbi",
    "roles": ["timer", "ah_counter"],
    "notes": "The pause was long.",
    "file_name": "train.m4a",
    "file_size": str(len(FILE)),
}


@pytest.fixture(autouse=True)
def club(cast):
    with club_scope(cast.club):
        yield cast.club


@pytest.fixture
def vault():
    """The one that the addresses hand pieces to."""
    own = providers.vault()
    assert isinstance(own, MemoryVault)
    return own


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def begin(user, **changes):
    asked = {**ASKED, **changes}
    return client_of(user).post("/clubs/anchor/sessions/upload/", asked)


def opened(user, **changes):
    answer = begin(user, **changes)
    assert answer.status_code == 201, answer.content
    return Upload.objects.select_related("speech").latest("pk"), answer.json()


def send(user, url, at, piece):
    return client_of(user).post(
        f"{url}?at={at}",
        piece,
        content_type="application/octet-stream",
        headers={"accept": "application/json"},
    )


def send_all(user, told, data=FILE):
    for at in range(0, len(data), PIECE_BYTES):
        answer = send(user, told["piecesUrl"], at, data[at : at + PIECE_BYTES])
        assert answer.status_code == 200, answer.content
    return answer.json()


def page(user, upload, do=""):
    return client_of(user).get(f"/clubs/anchor/sessions/{upload.speech_id}/uploaded/{do}")


def post(user, upload, do):
    return client_of(user).post(f"/clubs/anchor/sessions/{upload.speech_id}/uploaded/{do}/")


def read(upload, vault):
    claimed = carrying.claim(upload.club, str(upload.speech_id), timezone.now())
    assert claimed is not None
    carrying.carry(upload.club, claimed, vault, EnergyDetector)
    upload.refresh_from_db()
    upload.speech.refresh_from_db()


def samples(vault, speech):
    return async_to_sync(vault.length)(vault_key(speech.club_id, str(speech.pk)))


class TestForm:
    def test_everybody_finds_it_with_the_consent_text(self, cast):
        for user in cast.roles.values():
            assert consent_text().text[:40] in (
                client_of(user).get("/clubs/anchor/sessions/upload/").content.decode()
            )

    def test_what_is_wrong_is_said_field_by_field(self, cast):
        answer = begin(
            cast.operator,
            consent_confirmed="",
            time_limit_seconds="5",
            style="x",
            objectives="a\n" * 11,
        )
        assert answer.status_code == 422
        fields = answer.json()["fields"]
        assert set(fields) == {"consent_confirmed", "time_limit_seconds", "style", "objectives"}
        assert "consent" in fields["consent_confirmed"][0]
        assert fields["time_limit_seconds"] == ["From 30 to 600 seconds."]
        assert not Speech.objects.exists()

    @pytest.mark.parametrize(
        ("size", "words"), [("0", "empty"), (str(257 * 1024 * 1024), "larger than 256 MiB")]
    )
    def test_a_file_of_no_use_is_refused_before_it_is_sent(self, cast, size, words):
        answer = begin(cast.operator, file_size=size)
        assert answer.status_code == 400
        assert words in answer.content.decode()
        assert not Speech.objects.exists()

    def test_a_member_uploads_only_their_own_speech(self, cast):
        assert begin(cast.member).status_code == 422
        upload, _ = opened(cast.member, speaker_name=cast.member.name)
        assert upload.speech.speaker == cast.member

    def test_consent_is_in_the_log_with_the_text(self, cast):
        upload, _ = opened(cast.operator)
        event = ConsentEvent.objects.get(speech_id=upload.speech_id)
        assert (event.speaker_name, event.confirmed) == ("Ada Guest", True)
        assert (event.text, event.recorded_by) == (consent_text().text, cast.operator.pk)

    def test_one_person_does_not_fill_the_memory(self, cast):
        for _ in range(MOST_OF_A_PERSON):
            opened(cast.operator)
        assert begin(cast.operator).status_code == 429


class TestPieces:
    def test_come_in_order_twice_or_anew_and_the_file_is_whole(self, cast, vault):
        upload, told = opened(cast.operator)
        url, first = told["piecesUrl"], FILE[:1000]
        assert send(cast.operator, url, 0, first).json()["received"] == 1000
        assert send(cast.operator, url, 0, first).json()["received"] == 1000
        assert send(cast.operator, url, 2000, FILE[2000:3000]).json()["received"] == 1000
        assert "of the file" in page(cast.operator, upload).content.decode()
        assert send_all(cast.operator, told)["received"] == len(FILE)
        upload.refresh_from_db()
        assert upload.state == Upload.State.RECEIVED

    def test_after_a_restart_the_page_is_told_to_begin_again(self, cast, club, vault):
        upload, told = opened(cast.operator)
        send(cast.operator, told["piecesUrl"], 0, FILE[:1000])
        async_to_sync(vault.drop)(upload_key(club.pk, str(upload.speech_id)))
        answer = send(cast.operator, told["piecesUrl"], 1000, FILE[1000:2000])
        assert answer.json()["received"] == 0

    @pytest.mark.parametrize(
        ("at", "size", "words"),
        [
            ("x", 10, "at which byte"),
            ("-2", 10, "at which byte"),
            ("3", 10, "no piece"),
            (str(len(FILE) - len(FILE) % 2), 4, "no piece"),
            ("0", 11, "odd number"),
            ("0", PIECE_BYTES + 2, "at most"),
            ("0", 0, "no piece"),
        ],
    )
    def test_what_is_no_piece_is_refused_with_words(self, cast, vault, at, size, words):
        _, told = opened(cast.operator)
        answer = send(cast.operator, told["piecesUrl"], at, bytes(size))
        assert answer.status_code == 400
        assert words in answer.json()["message"]

    def test_a_full_server_says_so(self, cast, vault, monkeypatch):
        monkeypatch.setattr(vault, "_cap", 10)
        _, told = opened(cast.operator)
        answer = send(cast.operator, told["piecesUrl"], 0, FILE[:1000])
        assert answer.status_code == 503
        assert "no room" in answer.json()["message"]

    def test_of_somebody_else_are_not_taken(self, cast, vault):
        _, told = opened(cast.operator)
        assert send(cast.member, told["piecesUrl"], 0, FILE[:10]).status_code == 403
        assert send(cast.stranger, told["piecesUrl"], 0, FILE[:10]).status_code == 404


class TestResult:
    def test_has_all_that_a_live_speech_has(self, cast, club, vault):
        upload, told = opened(cast.operator)
        send_all(cast.operator, told)
        upload.speech.refresh_from_db()
        assert (upload.speech.state, upload.speech.purge_after) == ("processing", None)
        read(upload, vault)
        assert upload.state == Upload.State.EXTRACTED
        assert samples(vault, upload.speech) == pytest.approx(28 * 16_000, rel=0.01)
        assert async_to_sync(vault.length)(upload_key(club.pk, str(upload.speech_id))) == 0
        run = carry(Run.objects.get(speech=upload.speech), engines())
        assert run.status == Run.Status.READY
        bars = [Bar.model_validate(bar) for bar in RecordingBars.objects.get().bars]
        assert len(bars) == 28
        assert all(bar.energy is not None for bar in bars)

        shown = page(cast.operator, upload).content.decode()
        assert "The &lt;b&gt;last&lt;/b&gt; train" in shown
        assert "<b>last</b>" not in shown
        assert "Situation" in shown
        assert "Timer" in shown
        assert page(cast.operator, upload, "sound/").status_code == 200
        assert upload.speech.saved_at is None

        assert post(cast.operator, upload, "save").status_code == 302
        kept = rows.kept_bars(upload.speech)
        assert kept is not None
        told_bars = [json.loads(one.text) for one in kept.entries]
        assert sum(bar["words"] for bar in told_bars) > 50
        names = {file.name for file in outputs.files_of(run)}
        assert names >= {
            "consent.json",
            "project-context.json",
            "transcript.txt",
            "metrics.json",
            "evaluation.txt",
            "role_reports.txt",
            "notes.txt",
        }
        assert any(name.startswith("evaluation_audio.") for name in names)
        speech = Speech.objects.get(pk=upload.speech_id)
        assert speech.title == ASKED["speech_title"]
        assert speech.saved_at is not None
        assert speech.purge_after is not None
        assert not Upload.objects.exists()
        assert page(cast.operator, upload).status_code == 302

    def test_moves_while_it_is_made(self, cast, vault):
        upload, told = opened(cast.operator)
        shares = [page(cast.operator, upload, "status/").json()["share"]]
        send(cast.operator, told["piecesUrl"], 0, FILE[:10_000])
        shares.append(page(cast.operator, upload, "status/").json()["share"])
        send_all(cast.operator, told)
        shares.append(page(cast.operator, upload, "status/").json()["share"])
        read(upload, vault)
        shares.append(page(cast.operator, upload, "status/").json()["share"])
        run = Run.objects.get(speech=upload.speech)
        for stage in ("processing_speech", "generating_evaluation", "synthesizing_audio"):
            Run.objects.filter(pk=run.pk).update(status="running", stage=stage)
            shares.append(page(cast.operator, upload, "status/").json()["share"])
        assert shares == sorted(set(shares))

    def test_a_broken_file_is_told_and_its_bytes_go(self, cast, club, vault):
        data = b"RIFF" + bytes(4) + b"WAVE" + bytes(500)
        upload, told = opened(cast.operator, file_size=str(len(data)))
        send_all(cast.operator, told, data)
        read(upload, vault)
        assert upload.state == Upload.State.FAILED
        assert "broken or not complete" in page(cast.operator, upload).content.decode()
        assert async_to_sync(vault.length)(upload_key(club.pk, str(upload.speech_id))) == 0
        assert upload.speech.purge_after is not None

    def test_a_failed_evaluation_is_tried_again_on_request(self, cast, vault):
        upload, told = opened(cast.operator)
        send_all(cast.operator, told)
        read(upload, vault)
        Run.objects.update(status=Run.Status.FAILED, message="The engine is tired.")
        shown = page(cast.operator, upload).content.decode()
        assert "The engine is tired." in shown
        post(cast.operator, upload, "retry")
        assert Run.objects.get().status == Run.Status.QUEUED


class TestLoss:
    def test_a_killed_worker_s_file_is_read_by_another_to_the_same_sound(self, cast, club, vault):
        upload, told = opened(cast.operator)
        send_all(cast.operator, told)
        now = timezone.now()
        dead = carrying.claim(club, str(upload.speech_id), now)
        assert dead is not None
        # It got this far.
        async_to_sync(vault.append)(vault_key(club.pk, str(upload.speech_id)), 0, b"")
        assert carrying.claim(club, str(upload.speech_id), now) is None
        assert carrying.stalled(club, now) == []
        later = now + timedelta(seconds=carrying.LOST_SECONDS + 1)
        assert carrying.stalled(club, later) == [str(upload.speech_id)]
        second = carrying.claim(club, str(upload.speech_id), later)
        assert second is not None
        carrying.carry(club, second, vault, EnergyDetector)
        # The first one wakes up, and may write nothing more.
        carrying.carry(club, dead, vault, EnergyDetector)
        assert Run.objects.count() == 1
        upload.refresh_from_db()
        assert upload.state == Upload.State.EXTRACTED
        assert samples(vault, upload.speech) == Run.objects.get().samples

    def test_after_three_workers_it_is_given_up_with_a_word(self, cast, club, vault):
        upload, told = opened(cast.operator)
        send_all(cast.operator, told)
        at = timezone.now()
        for _ in range(carrying.MAX_ATTEMPTS):
            assert carrying.claim(club, str(upload.speech_id), at) is not None
            at += timedelta(seconds=carrying.LOST_SECONDS + 1)
        assert carrying.claim(club, str(upload.speech_id), at) is None
        upload.refresh_from_db()
        assert (upload.state, bool(upload.message)) == (Upload.State.FAILED, True)

    def test_a_task_that_was_lost_is_sent_again(self, cast, club, vault):
        upload, told = opened(cast.operator)
        send_all(cast.operator, told)
        later = timezone.now() + timedelta(seconds=carrying.LOST_SECONDS + 1)
        assert carrying.stalled(club, later) == [str(upload.speech_id)]

    def test_a_file_that_went_with_its_server_is_told(self, cast, club, vault):
        upload, told = opened(cast.operator)
        send_all(cast.operator, told)
        read(upload, MemoryVault(10**6))
        assert "restarted" in page(cast.operator, upload).content.decode()


class TestPurge:
    def test_what_nobody_finishes_goes_with_the_file(self, cast, club, vault):
        upload, told = opened(cast.operator)
        send(cast.operator, told["piecesUrl"], 0, FILE[:1000])
        later = timezone.now() + timedelta(minutes=11)
        assert purge_due(club, vault, MemoryRing(), later) == 1
        assert not Upload.objects.exists()
        assert async_to_sync(vault.length)(upload_key(club.pk, str(upload.speech_id))) == 0

    def test_what_is_being_evaluated_stays_and_rests_when_it_is_done(self, cast, club, vault):
        upload, told = opened(cast.operator)
        send_all(cast.operator, told)
        read(upload, vault)
        later = timezone.now() + timedelta(minutes=11)
        carrying.settle(club, later)
        assert purge_due(club, vault, MemoryRing(), later) == 0
        carry(Run.objects.get(), engines())
        carrying.settle(club, timezone.now())
        upload.speech.refresh_from_db()
        assert upload.speech.state == "idle"
        assert purge_due(club, vault, MemoryRing(), later) == 1
        assert samples(vault, upload.speech) == 0
        assert not Run.objects.exists()

    def test_discarding_makes_it_due_at_once(self, cast, club, vault):
        upload, told = opened(cast.operator)
        send_all(cast.operator, told)
        assert post(cast.operator, upload, "discard").status_code == 302
        assert purge_due(club, vault, MemoryRing(), timezone.now()) == 1
        assert not Upload.objects.exists()

    def test_others_may_neither_save_nor_discard(self, cast, vault):
        upload, _ = opened(cast.operator)
        for do in ("save", "discard", "retry"):
            assert post(cast.member, upload, do).status_code == 403
            assert post(cast.stranger, upload, do).status_code == 404


def test_an_operator_may_deliver_it_in_the_room(cast, vault):
    """The live page of an uploaded speech finds a recording that is evaluated."""
    upload, told = opened(cast.operator)
    send_all(cast.operator, told)
    read(upload, vault)
    session = upload.speech.session
    assert session["run_id"] == upload.speech.run_id
    assert session["setup"]["style"] == "sbi"
    assert session["evaluation"]["requested"] is True


def test_feeding_threads_end_with_their_process(cast, vault):
    upload, told = opened(cast.operator)
    send_all(cast.operator, told)
    read(upload, vault)
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith(extraction.THREADS)]
