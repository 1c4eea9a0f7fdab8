"""The rows behind a session, where two connections want them at once."""

import inspect

import pytest
from asgiref.sync import async_to_sync

from clubs.scoping import club_scope
from evaluations.core.shapes import ProjectContext, Segment
from evaluations.models import Run
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
