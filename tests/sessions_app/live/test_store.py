"""The rows behind a session, where two connections want them at once."""

import inspect

import pytest
from asgiref.sync import async_to_sync
from django.db import IntegrityError, OperationalError

from clubs.models import ConsentEvent
from clubs.scoping import club_scope
from evaluations import lasting
from evaluations.core.shapes import ProjectContext, Segment
from evaluations.models import Run
from sessions_app.contract.messages import Consent
from sessions_app.core.effects import RequestEvaluation
from sessions_app.core.setup import Setup
from sessions_app.core.snapshot import Snapshot
from sessions_app.live import store
from sessions_app.live.store import SessionStore
from sessions_app.live.tickets import Ticket
from sessions_app.models import LiveUtterance, Speech
from speechcoach.errors import NotFoundError

pytestmark = pytest.mark.django_db(transaction=True)


def heard(utterances: int) -> Snapshot:
    lines = tuple(
        Segment(text=f"Line {at}.", start_time=at, end_time=at + 1, is_final=True)
        for at in range(utterances)
    )
    return Snapshot(finished=lines)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_what_the_older_connection_saves_meanwhile_is_not_in_the_newer_ones_way(
    cast, monkeypatch, moment
):
    """Around the reading of a take-over, the older one's save is whole in it or not at all."""
    ticket = Ticket(cast.operator.pk, cast.club.pk, "session", None)
    older, opened = store._open_session(ticket, None)
    async_to_sync(older.save_snapshot)(heard(1))
    read = store._snapshot_of

    def interrupted(speech):
        snapshot = read(speech)
        inspect.unwrap(SessionStore.save_snapshot)(older, heard(2))
        return snapshot if moment == "after" else read(speech)

    monkeypatch.setattr(store, "_snapshot_of", interrupted)
    newer, taken = store._open_session(ticket, opened.speech_id)
    assert taken.resumed
    async_to_sync(newer.save_snapshot)(heard(3))
    with club_scope(cast.club):
        rows = LiveUtterance.objects.filter(club=cast.club, speech_id=opened.speech_id)
        assert [row.segment["text"] for row in rows] == ["Line 0.", "Line 1.", "Line 2."]


def test_a_snapshot_says_whether_the_session_was_still_its_own(cast):
    ticket = Ticket(cast.operator.pk, cast.club.pk, "session", None)
    older, opened = store._open_session(ticket, None)
    assert async_to_sync(older.save_snapshot)(heard(1)) is True
    store._open_session(ticket, opened.speech_id)
    assert async_to_sync(older.save_snapshot)(heard(2)) is False


@pytest.fixture
def away(monkeypatch):
    """The database is away for the first questions, as many as are put in here."""
    failures: list[Exception] = []
    mine = SessionStore._mine

    def answers(self):
        rows = mine(self)
        if failures:
            raise failures.pop()
        return rows

    monkeypatch.setattr(SessionStore, "_mine", answers)
    monkeypatch.setattr(lasting, "PAUSE_SECONDS", 0.0)
    return failures


def test_what_cannot_be_stored_now_is_stored_once_the_database_answers(cast, away):
    ticket = Ticket(cast.operator.pk, cast.club.pk, "session", None)
    mine, opened = store._open_session(ticket, None)
    late: list[str] = []
    mine.late = lambda: late.append("told")
    away += [OperationalError("away"), OperationalError("closed")]
    assert async_to_sync(mine.save_snapshot)(heard(2)) is True
    assert late == ["told"]
    with club_scope(cast.club):
        assert LiveUtterance.objects.filter(speech_id=opened.speech_id).count() == 2


def test_a_consent_whose_commit_was_not_heard_of_stands_in_the_log_once(cast, away):
    ticket = Ticket(cast.operator.pk, cast.club.pk, "session", None)
    mine, opened = store._open_session(ticket, None)
    given = Consent(
        speaker_name="Ada", consent_confirmed=True, consent_timestamp="2026-11-29T12:00:00.000Z"
    )
    async_to_sync(mine.record_consent)(given)
    async_to_sync(mine.record_consent)(given)
    with club_scope(cast.club):
        assert ConsentEvent.objects.filter(speech_id=opened.speech_id).count() == 1


def test_what_is_wrong_with_a_question_is_not_asked_again(cast, away):
    ticket = Ticket(cast.operator.pk, cast.club.pk, "session", None)
    mine, _ = store._open_session(ticket, None)
    away.append(IntegrityError("twice"))
    with pytest.raises(IntegrityError):
        async_to_sync(mine.save_snapshot)(heard(1))


def test_a_beat_says_whether_the_session_is_still_its_own(cast):
    ticket = Ticket(cast.operator.pk, cast.club.pk, "session", None)
    older, opened = store._open_session(ticket, None)
    assert async_to_sync(older.save_snapshot)(heard(1))
    assert async_to_sync(older.beat)() is True
    newer, _ = store._open_session(ticket, opened.speech_id)
    assert async_to_sync(older.beat)() is False
    with club_scope(cast.club):
        Speech.objects.filter(club=cast.club, pk=opened.speech_id).delete()
    with pytest.raises(NotFoundError):
        async_to_sync(newer.beat)()


def test_who_was_replaced_without_knowing_it_touches_no_run_of_the_newer_one(cast):
    ticket = Ticket(cast.operator.pk, cast.club.pk, "session", None)
    older, opened = store._open_session(ticket, None)
    assert async_to_sync(older.save_snapshot)(heard(1))
    newer, _ = store._open_session(ticket, opened.speech_id)
    async_to_sync(newer.begin_recording)(1)
    async_to_sync(newer.save_snapshot)(heard(2))
    with club_scope(cast.club):
        Run.objects.create(
            club=cast.club, speech_id=opened.speech_id, number=1, samples=1, request={}
        )
    async_to_sync(older.cancel_runs)(1)
    async_to_sync(older.begin_recording)(1)
    asked = RequestEvaluation(2, 16_000, (), 0)
    async_to_sync(older.request_evaluation)(asked, Setup(), "scripted")
    with club_scope(cast.club):
        speech = Speech.objects.get(club=cast.club, pk=opened.speech_id)
        runs = Run.objects.filter(club=cast.club, speech=speech)
        assert speech.run_id == 1
        assert list(runs.values_list("number", "status")) == [(1, Run.Status.QUEUED)]
        assert LiveUtterance.objects.filter(club=cast.club, speech=speech).count() == 2


def test_a_session_that_cannot_be_read_is_opened_anew_with_what_the_row_says(cast):
    ticket = Ticket(cast.operator.pk, cast.club.pk, "session", None)
    older, opened = store._open_session(ticket, None)
    agreed = ProjectContext(speech_title="The river")
    async_to_sync(older.save_setup)(Setup(project=agreed))
    with club_scope(cast.club):
        mine = Speech.objects.filter(club=cast.club, pk=opened.speech_id)
        mine.update(session={"state": "pondering"}, run_id=4)
    named = Ticket(cast.operator.pk, cast.club.pk, "session", opened.speech_id)
    _, again = store._open_session(named, opened.speech_id)
    assert not again.resumed
    assert again.snapshot.setup.project == agreed
    assert again.snapshot.run_id == 4
