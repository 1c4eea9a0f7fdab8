"""What was saved goes when its clock says so, in batches, and nothing else does."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from clubs.core.retention import Part
from clubs.models import ConsentEvent, PurgeClock, PurgeRecord, RetentionPolicy
from clubs.models.consent import fingerprint
from clubs.scoping import club_scope
from evaluations.models import Output, Run, StageResult
from sessions_app import expiry
from sessions_app.models import LegalHold, LiveUtterance, RecordingBars, Speech
from sessions_app.tasks import expire_club
from tests.sessions_app.saved import save_speeches

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
DAY = timedelta(days=1)
Event = PurgeRecord.Event


@pytest.fixture
def club(cast):
    with club_scope(cast.club):
        yield cast.club


def policy(club, audio=10, transcript=20, evaluation=30) -> RetentionPolicy:
    policy, _ = RetentionPolicy.objects.update_or_create(
        club=club,
        defaults={
            "audio_days": audio,
            "transcript_days": transcript,
            "evaluation_days": evaluation,
        },
    )
    return policy


def present(speech: Speech) -> set[Part]:
    found = expiry.resting(speech.club).filter(pk=speech.pk).first()
    return set(expiry.facts(found).present) if found else set()


def stored(speech: Speech) -> str:
    """All that the tables say of a speech."""
    rows = [
        *Speech.objects.filter(pk=speech.pk).values_list(),
        *Run.objects.filter(speech=speech).values_list(),
        *StageResult.objects.filter(run__speech=speech).values_list(),
        *LiveUtterance.objects.filter(speech=speech).values_list(),
        *RecordingBars.objects.filter(speech=speech).values_list(),
        *((o.name, bytes(o.content)) for o in Output.objects.filter(run__speech=speech)),
    ]
    return repr(rows)


def test_each_part_goes_at_its_own_age(club):
    policy(club)
    [speech] = save_speeches(club, 1, NOW)
    expiry.run(club, NOW + 9 * DAY)
    assert present(speech) == set(Part)
    expiry.run(club, NOW + 10 * DAY)
    assert present(speech) == {Part.TRANSCRIPT, Part.EVALUATION}
    assert "audio" not in stored(speech)
    expiry.run(club, NOW + 20 * DAY)
    assert present(speech) == {Part.EVALUATION}
    expiry.run(club, NOW + 30 * DAY)
    assert not Speech.objects.filter(pk=speech.pk).exists()
    records = PurgeRecord.objects.filter(event=Event.BATCH).order_by("recorded_at")
    counts = records.values_list("speeches", "records", "audio", "transcripts", "evaluations")
    assert list(counts) == [(1, 0, 1, 0, 0), (1, 0, 0, 1, 0), (1, 1, 0, 0, 1)]


def test_no_word_is_left_of_a_transcript_that_is_gone(club):
    policy(club, transcript=7, audio=365, evaluation=365)
    [speech] = save_speeches(club, 1, NOW, words="spoken-canary")
    Speech.objects.filter(pk=speech.pk).update(session={"transcript": "spoken-canary"})
    Output.objects.filter(name__in=["evaluation.txt", "evaluation_audio.mp3"]).delete()
    StageResult.objects.filter(stage__in=["metrics", "speech"]).delete()
    expiry.run(club, NOW + 7 * DAY)
    left = stored(speech)
    # What the evaluation and the speaker's own notes say is not the transcript.
    for kept in ("Evaluation spoken-canary", "'notes': 'spoken-canary'"):
        assert kept in left
        left = left.replace(kept, "")
    left = left.replace("Title spoken-canary", "").replace("Name spoken-canary", "")
    assert "spoken-canary" not in left


def test_no_word_is_left_of_an_evaluation_that_is_gone(club):
    policy(club, transcript=365, audio=365, evaluation=7)
    [speech] = save_speeches(club, 1, NOW)
    expiry.run(club, NOW + 7 * DAY)
    assert present(speech) == {Part.TRANSCRIPT, Part.AUDIO}
    left = stored(speech)
    assert "Evaluation" not in left
    assert "notes" not in left
    assert "evaluation.txt" not in left


def test_the_consent_log_stays_without_the_name(club):
    [speech] = save_speeches(club, 1, NOW)
    ConsentEvent.objects.create(
        club=club, speech_id=speech.pk, speaker_name="Ada ", confirmed=True, text_version="1"
    )
    expiry.run(club, NOW + 90 * DAY)
    event = ConsentEvent.objects.get()
    assert (event.speaker_name, event.confirmed) == ("", True)
    assert event.speaker_fingerprint == fingerprint(club.pk, "ada")


def test_a_held_speech_stays_whole_until_the_hold_is_lifted(club):
    held, free = save_speeches(club, 2, NOW)
    hold = LegalHold.objects.create(club=club, speech=held, reason="a complaint", placed_by=1)
    expiry.run(club, NOW + 400 * DAY)
    assert present(held) == set(Part)
    assert not Speech.objects.filter(pk=free.pk).exists()
    hold.lifted_at = NOW
    hold.save()
    expiry.run(club, NOW + 400 * DAY)
    assert not Speech.objects.filter(pk=held.pk).exists()


@pytest.mark.parametrize("use", [{"state": "recording"}, {"purge_after": NOW}])
def test_a_speech_in_use_stays(club, use):
    [speech] = save_speeches(club, 1, NOW)
    Speech.objects.filter(pk=speech.pk).update(**use)
    expiry.run(club, NOW + 400 * DAY)
    assert Speech.objects.filter(pk=speech.pk).exists()
    assert Output.objects.filter(run__speech=speech).count() == 3


def test_another_club_is_left_alone(cast):
    with club_scope(cast.other):
        [theirs] = save_speeches(cast.other, 1, NOW)
    with club_scope(cast.club):
        expiry.run(cast.club, NOW + 400 * DAY)
    with club_scope(cast.other):
        assert present(theirs) == set(Part)
        assert not PurgeRecord.objects.exists()


def test_the_preview_is_exactly_what_goes(club):
    clocks = policy(club).clocks
    for age in range(0, 60, 3):
        save_speeches(club, 1, NOW - age * DAY)
    Speech.objects.create(club=club, title="never saved")
    Speech.objects.filter(title="never saved").update(created_at=NOW - 60 * DAY)
    [held] = save_speeches(club, 1, NOW - 60 * DAY)
    LegalHold.objects.create(club=club, speech=held, reason="a complaint")
    before = {speech.pk: present(speech) for speech in Speech.objects.all()}
    said = dict(expiry.preview(club, clocks, NOW))
    expiry.run(club, NOW, batch=4)
    taken = {}
    for pk, had in before.items():
        speech = Speech.objects.filter(pk=pk).first()
        lost = had - (present(speech) if speech else set())
        if lost or speech is None:
            taken[pk] = (lost, speech is None)
    assert {pk: (set(verdict.parts), verdict.record) for pk, verdict in said.items()} == taken
    assert len(said) == 17
    assert not dict(expiry.preview(club, clocks, NOW))


def test_ten_thousand_go_in_batches(club):
    policy(club, 7, 7, 7)
    save_speeches(club, 10_000, NOW - 8 * DAY)
    [younger] = save_speeches(club, 1, NOW - 6 * DAY)
    run = expiry.run(club, NOW)
    assert list(Speech.objects.values_list("pk", flat=True)) == [younger.pk]
    assert Output.objects.count() == 3
    batches = PurgeRecord.objects.filter(run=run, event=Event.BATCH)
    assert list(batches.values_list("speeches", flat=True)) == [expiry.BATCH] * 50
    assert PurgeRecord.objects.filter(run=run, event=Event.DONE).count() == 1


def test_a_run_without_work_leaves_no_line(club):
    save_speeches(club, 1, NOW)
    PurgeClock.objects.create(club=club)
    expiry.run(club, NOW + DAY)
    assert not PurgeRecord.objects.exists()
    clock = PurgeClock.objects.get()
    assert (clock.finished_at, clock.next_run_at) == (NOW + DAY, NOW + DAY + expiry.EVERY)


def test_a_failure_is_loud_and_the_next_run_goes_on(club, monkeypatch, caplog):
    policy(club, 7, 7, 7)
    save_speeches(club, 10, NOW - 8 * DAY)
    assert expiry.claim(club, NOW)
    shred, calls = expiry._shred, []

    def breaks(club, going):
        calls.append(going)
        shred(club, going)
        if len(calls) == 2:
            raise OperationalError("a message that quotes words-of-the-speech")

    monkeypatch.setattr(expiry, "_shred", breaks)
    with caplog.at_level(logging.ERROR), pytest.raises(OperationalError):
        expiry.run(club, NOW, batch=4)
    assert "retention failed" in caplog.text
    assert Speech.objects.count() == 6
    failed = PurgeRecord.objects.get(event=Event.FAILED)
    assert failed.failure == "OperationalError"
    clock = PurgeClock.objects.get()
    assert (clock.failed_at, clock.failure) == (NOW, "OperationalError")
    assert clock.next_run_at == NOW + expiry.AGAIN_AFTER_FAILURE

    later = NOW + expiry.AGAIN_AFTER_FAILURE
    assert not expiry.claim(club, NOW)
    assert expiry.claim(club, later)
    expiry.run(club, later, batch=4)
    assert not Speech.objects.exists()
    batches = PurgeRecord.objects.filter(event=Event.BATCH)
    assert sum(batches.values_list("speeches", flat=True)) == 10
    clock.refresh_from_db()
    assert (clock.failed_at, clock.failure) == (None, "")


def test_of_two_only_one_has_the_run(club):
    assert expiry.claim(club, NOW)
    assert not expiry.claim(club, NOW)
    assert expiry.claim(club, NOW + expiry.LEASE)


def test_a_long_run_keeps_its_lease_however_long_it_takes(club, monkeypatch):
    policy(club)
    save_speeches(club, 2, NOW)
    began, later = NOW + 40 * DAY, NOW + 40 * DAY + 2 * expiry.LEASE
    assert expiry.claim(club, began)
    monkeypatch.setattr(timezone, "now", lambda: later)
    leased: list[datetime] = []
    work = expiry._batch

    def watched(*args):
        leased.append(PurgeClock.objects.get(club=club).next_run_at)
        return work(*args)

    monkeypatch.setattr(expiry, "_batch", watched)
    expiry.run(club, began, batch=1)
    assert leased == [began + expiry.LEASE, later + expiry.LEASE]


def test_the_task_does_what_is_due(cast):
    with club_scope(cast.club):
        save_speeches(cast.club, 3, timezone.now() - 91 * DAY)
    expire_club.apply(kwargs={"club_id": cast.club.pk}, throw=True)
    with club_scope(cast.club):
        assert not Speech.objects.exists()
        assert PurgeClock.objects.get().finished_at is not None
        save_speeches(cast.club, 1, timezone.now() - 91 * DAY)
    expire_club.apply(kwargs={"club_id": cast.club.pk}, throw=True)
    with club_scope(cast.club):
        assert Speech.objects.count() == 1
