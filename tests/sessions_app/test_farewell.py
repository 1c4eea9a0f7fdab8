"""A speaker is told once, in time, and with the way to keep what is about to go."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from clubs.models import PurgeRecord, RetentionPolicy, User
from clubs.scoping import club_scope
from sessions_app import farewell
from sessions_app.models import LegalHold, RetentionWarning, Speech
from sessions_app.tasks import expire_club
from tests.sessions_app.saved import save_speeches

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def club(cast):
    with club_scope(cast.club):
        RetentionPolicy.objects.create(
            club=cast.club, audio_days=30, transcript_days=60, evaluation_days=90
        )
        yield cast.club


def save(club, speaker: User | None, age: timedelta, title: str = "The river") -> Speech:
    [speech] = save_speeches(club, 1, NOW - age, speaker=speaker)
    Speech.objects.filter(pk=speech.pk).update(title=title)
    return speech


def test_one_mail_says_what_goes_and_when_and_how_to_keep_it(club, cast, settings):
    settings.SPEECHCOACH_ORIGIN = "https://club.example"
    save(club, cast.member, 23 * DAY, "The river & the sea")
    save(club, cast.member, 29 * DAY, "The mill")
    save(club, cast.member, 22 * DAY, "Not yet")
    farewell.warn_speakers(club, NOW)
    [sent] = mail.outbox
    assert sent.to == [cast.member.email]
    assert sent.subject.endswith("will soon delete speeches of yours")
    assert "- The river & the sea: from 28 November 2026 on" in sent.body
    assert "- The mill: from 22 November 2026 on" in sent.body
    assert "Not yet" not in sent.body
    assert "https://club.example/accounts/data/" in sent.body


def test_nobody_is_told_twice(club, cast):
    save(club, cast.member, 25 * DAY)
    for day in range(4):
        farewell.warn_speakers(club, NOW + day * DAY)
    assert len(mail.outbox) == 1


def test_each_speaker_is_told_of_their_own(club, cast):
    for speaker in (cast.member, cast.officer):
        save(club, speaker, 25 * DAY, f"By {speaker.pk}")
    farewell.warn_speakers(club, NOW)
    assert {(sent.to[0], f"By {cast.member.pk}" in sent.body) for sent in mail.outbox} == {
        (cast.member.email, True),
        (cast.officer.email, False),
    }


def test_who_is_nobody_or_held_or_gone_is_not_written_to(club, cast):
    save(club, None, 25 * DAY)
    held = save(club, cast.member, 25 * DAY)
    LegalHold.objects.create(club=club, speech=held, reason="a complaint")
    save(club, cast.operator, 25 * DAY)
    User.objects.filter(pk=cast.operator.pk).update(is_active=False)
    farewell.warn_speakers(club, NOW)
    assert mail.outbox == []


def test_a_mail_that_fails_is_loud_and_tried_again(club, cast, monkeypatch, caplog):
    save(club, cast.member, 25 * DAY)

    def refuse(*args, **kwargs):
        raise ConnectionRefusedError("words of the mail")

    with monkeypatch.context() as broken:
        broken.setattr(farewell, "send_mail", refuse)
        farewell.warn_speakers(club, NOW)
    assert "warning not sent" in caplog.text
    assert PurgeRecord.objects.get().failure == "mail: ConnectionRefusedError"
    assert not RetentionWarning.objects.exists()
    farewell.warn_speakers(club, NOW)
    assert len(mail.outbox) == 1


def test_the_job_warns_before_it_deletes(cast):
    with club_scope(cast.club):
        save_speeches(cast.club, 1, timezone.now() - 85 * DAY, speaker=cast.member)
        save_speeches(cast.club, 1, timezone.now() - 91 * DAY, speaker=cast.member)
    expire_club.apply(kwargs={"club_id": cast.club.pk}, throw=True)
    assert len(mail.outbox) == 1
    with club_scope(cast.club):
        assert Speech.objects.count() == RetentionWarning.objects.count() == 1
