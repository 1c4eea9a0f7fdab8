"""What was not saved goes when its time has come, and nothing else does."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync

from clubs.models import RetentionPolicy
from clubs.scoping import club_scope
from evaluations.models import Run
from sessions_app import purge
from sessions_app.contract.messages import SessionState
from sessions_app.core.run_view import EvaluationState
from sessions_app.core.setup import Setup
from sessions_app.core.snapshot import Snapshot
from sessions_app.live.store import BEAT_SECONDS, RESUME_WINDOW_SECONDS
from sessions_app.models import LiveUtterance, RecordingBars, Speech
from sessions_app.purge import purge_due
from sessions_app.source import vault_key
from sessions_app.stream import Mark, rows
from sessions_app.stream.memory import MemoryRing
from sessions_app.vault import VaultUnavailableError
from sessions_app.vault.memory import MemoryVault

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


@pytest.fixture
def club(cast):
    with club_scope(cast.club):
        yield cast.club


@pytest.fixture
def vault() -> MemoryVault:
    return MemoryVault(1024 * 1024)


def rested(club, vault, *, since: timedelta, saved: bool = False) -> Speech:
    speech = Speech.objects.create(
        club=club, title="Mine", run_id=3, purge_after=NOW - since, recorded_at=NOW
    )
    Run.objects.create(
        club=club,
        speech=speech,
        number=3,
        samples=2,
        request={},
        saved_at=NOW if saved else None,
    )
    async_to_sync(vault.append)(vault_key(club.pk, str(speech.pk)), 0, b"\x01\x00\x02\x00")
    return speech


def test_what_was_not_saved_is_gone(club, vault):
    speech = rested(club, vault, since=timedelta(seconds=1))
    assert purge_due(club, vault, MemoryRing(), NOW) == 1
    speech.refresh_from_db()
    assert (speech.title, speech.recorded_at, speech.purge_after) == ("", None, None)
    assert speech.run_id == 4
    assert not Run.objects.filter(speech=speech).exists()
    assert async_to_sync(vault.length)(vault_key(club.pk, str(speech.pk))) == 0


def test_what_was_saved_stays_but_its_audio_goes(club, vault):
    speech = rested(club, vault, since=timedelta(0), saved=True)
    assert purge_due(club, vault, MemoryRing(), NOW) == 1
    speech.refresh_from_db()
    assert speech.title == "Mine"
    assert Run.objects.filter(speech=speech).exists()
    assert async_to_sync(vault.length)(vault_key(club.pk, str(speech.pk))) == 0


def test_what_still_has_time_stays(club, vault):
    speech = rested(club, vault, since=timedelta(seconds=-1))
    assert purge_due(club, vault, MemoryRing(), NOW) == 0
    assert async_to_sync(vault.length)(vault_key(club.pk, str(speech.pk))) == 2


def test_an_action_in_between_saves_it(club, vault):
    speech = rested(club, vault, since=timedelta(seconds=1))
    due = list(Speech.objects.filter(club=club, purge_after__lte=NOW))
    Speech.objects.filter(pk=speech.pk).update(purge_after=NOW + timedelta(minutes=10))
    assert not any(purge._purge(club, late, vault, MemoryRing(), NOW) for late in due)
    assert Run.objects.filter(speech=speech).exists()


def test_another_club_is_left_alone(cast, vault):
    with club_scope(cast.other):
        theirs = rested(cast.other, vault, since=timedelta(seconds=1))
    with club_scope(cast.club):
        assert purge_due(cast.club, vault, MemoryRing(), NOW) == 0
    with club_scope(cast.other):
        assert Run.objects.filter(speech=theirs).exists()


def test_audio_that_could_not_be_dropped_is_tried_again(club, vault):
    class Away(MemoryVault):
        async def drop(self, key: str) -> None:
            raise VaultUnavailableError

    speech = rested(club, vault, since=timedelta(seconds=1))
    assert purge_due(club, Away(1024), MemoryRing(), NOW) == 0
    speech.refresh_from_db()
    assert speech.purge_after == NOW
    assert purge_due(club, vault, MemoryRing(), NOW) == 1


WINDOW = timedelta(seconds=RESUME_WINDOW_SECONDS + BEAT_SECONDS)


def left(club, *, since: timedelta, state: str = Speech.State.RECORDING) -> Speech:
    """A speech whose client gave its last sign ``since`` ago."""
    snapshot = Snapshot(
        state=SessionState(state),
        run_id=3,
        setup=Setup(style="sbi", handshake=True),
        evaluation=EvaluationState(kept_run=2, deliver_asked=True, saving=True),
    )
    return Speech.objects.create(
        club=club,
        run_id=3,
        state=state,
        owner=uuid.uuid4(),
        seen_at=NOW - since,
        session=snapshot.model_dump(mode="json", by_alias=True),
    )


@pytest.mark.parametrize("state", ["recording", "processing", "delivering"])
def test_an_abandoned_session_rests_until_its_purge(club, settings, state):
    settings.DEMO_MODE = False
    speech = left(club, since=WINDOW + timedelta(seconds=1), state=state)
    assert purge.rest_abandoned(club, NOW) == 1
    speech.refresh_from_db()
    kept_for = timedelta(seconds=RetentionPolicy.of(club).auto_purge_seconds)
    assert (speech.state, speech.purge_after) == ("idle", NOW + kept_for)
    session = Snapshot.model_validate(speech.session)
    assert session.state is SessionState.IDLE
    assert (session.setup.style, session.setup.handshake) == ("sbi", False)
    assert session.evaluation == EvaluationState(kept_run=2)
    assert purge.rest_abandoned(club, NOW) == 0


def test_a_demo_keeps_nothing_that_was_abandoned(club, vault, settings):
    settings.DEMO_MODE = True
    speech = left(club, since=WINDOW + timedelta(seconds=1))
    async_to_sync(vault.append)(vault_key(club.pk, str(speech.pk)), 0, b"\x01\x00\x02\x00")
    assert purge.rest_abandoned(club, NOW) == 1
    assert purge_due(club, vault, MemoryRing(), NOW) == 1
    speech.refresh_from_db()
    assert (speech.state, speech.session, speech.purge_after) == ("idle", None, None)
    assert async_to_sync(vault.length)(vault_key(club.pk, str(speech.pk))) == 0


UNREADABLE = {"state": "pondering", "runId": 1}


def test_a_session_that_cannot_be_read_does_not_keep_others_from_their_purge(club, vault):
    """Another version may have written it; what was said goes when its time comes all the same."""
    since = NOW - timedelta(hours=1)
    for session in (UNREADABLE, {}):
        Speech.objects.create(club=club, state="recording", seen_at=since, session=session)
    assert purge.rest_abandoned(club, NOW) == 2
    assert set(Speech.objects.values_list("state", flat=True)) == {"idle"}
    assert Speech.objects.filter(session__isnull=True).count() == 1


@pytest.mark.parametrize("since", [timedelta(0), timedelta(seconds=60), WINDOW])
def test_a_session_that_may_be_resumed_is_left_alone(club, since):
    speech = left(club, since=since)
    assert purge.rest_abandoned(club, NOW) == 0
    speech.refresh_from_db()
    assert (speech.state, speech.purge_after) == ("recording", None)


def test_a_session_that_rests_already_keeps_its_clock(club):
    speech = left(club, since=timedelta(days=1), state=Speech.State.IDLE)
    Speech.objects.filter(pk=speech.pk).update(purge_after=NOW + timedelta(minutes=3))
    assert purge.rest_abandoned(club, NOW) == 0
    speech.refresh_from_db()
    assert speech.purge_after == NOW + timedelta(minutes=3)


@pytest.mark.parametrize("change", [{"owner": uuid.uuid4()}, {"seen_at": NOW}])
def test_whoever_came_back_meanwhile_is_not_put_to_rest(club, change):
    found = left(club, since=WINDOW + timedelta(seconds=1))
    Speech.objects.filter(pk=found.pk).update(**change)
    assert not purge._rest(club, found, NOW)
    found.refresh_from_db()
    assert (found.state, found.purge_after) == ("recording", None)


def test_another_clubs_abandoned_session_is_left_alone(cast):
    with club_scope(cast.other):
        theirs = left(cast.other, since=timedelta(days=1))
    with club_scope(cast.club):
        assert purge.rest_abandoned(cast.club, NOW) == 0
    with club_scope(cast.other):
        theirs.refresh_from_db()
    assert theirs.state == "recording"


def test_bars_of_what_was_not_saved_go_and_those_of_what_was_stay(club, vault):
    speech = rested(club, vault, since=timedelta(seconds=1))
    Run.objects.create(club=club, speech=speech, number=4, samples=1, request={}, saved_at=NOW)
    for number in (1, 3, 6):
        rows.keep_bars(club, str(speech.pk), number, Mark("e", number), [])
    ring, key = MemoryRing(), vault_key(club.pk, str(speech.pk))
    async_to_sync(ring.begin)(key)
    purge_due(club, vault, ring, NOW)
    assert [row.number for row in RecordingBars.objects.filter(speech=speech)] == [3]
    assert async_to_sync(ring.marks)([key]) == [None]


def test_what_was_heard_live_goes_with_it(club, vault):
    speech = rested(club, vault, since=timedelta(seconds=1))
    LiveUtterance.objects.create(club=club, speech=speech, position=0, segment={})
    purge_due(club, vault, MemoryRing(), NOW)
    assert not LiveUtterance.objects.filter(speech=speech).exists()
