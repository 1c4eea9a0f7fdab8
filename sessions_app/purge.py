"""Purging what was not saved, once a session has rested for as long as its club keeps such data."""

import logging
from datetime import datetime, timedelta

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from clubs.models import Club, PurgeRecord, RetentionPolicy
from evaluations import notify
from evaluations.models import Run
from sessions_app.core.snapshot import Snapshot
from sessions_app.live.store import BEAT_SECONDS, RESUME_WINDOW_SECONDS
from sessions_app.models import EvaluatorNote, LegalHold, LiveUtterance, Speech, Upload
from sessions_app.source import upload_key, vault_key
from sessions_app.stream import BarRing, RingUnavailableError
from sessions_app.stream.rows import forget_unsaved_bars
from sessions_app.vault import AudioVault, VaultError

log = logging.getLogger(__name__)


def rest_abandoned(club: Club, now: datetime) -> int:
    """Let sessions rest whose client did not come back; what was captured waits for its purge."""
    since = now - timedelta(seconds=RESUME_WINDOW_SECONDS + BEAT_SECONDS)
    left = Speech.objects.filter(club=club, seen_at__lt=since).exclude(state=Speech.State.IDLE)
    return sum(_rest(club, speech, now) for speech in left)


def _rest(club: Club, speech: Speech, now: datetime) -> bool:
    after = now
    if not settings.DEMO_MODE:
        after += timedelta(seconds=RetentionPolicy.of(club).auto_purge_seconds)
    # Of what no version can read, only the clock is of use: it must go all the same.
    snapshot = Snapshot.read(speech.session)
    session = snapshot.at_rest().model_dump(mode="json", by_alias=True) if snapshot else None
    mine = Speech.objects.filter(
        club=club, pk=speech.pk, owner=speech.owner, seen_at=speech.seen_at
    )
    return bool(mine.update(state=Speech.State.IDLE, session=session, purge_after=after))


def purge_due(club: Club, vault: AudioVault, ring: BarRing, now: datetime) -> int:
    """Purge the unsaved data of the club's speeches whose time has come; returns how many.

    What is held stays.
    """
    return sum(_purge(club, speech, vault, ring, now) for speech in _due(club, now))


def _due(club: Club, now: datetime) -> QuerySet[Speech]:
    return due_everywhere(now).filter(club=club)


def due_everywhere(now: datetime) -> QuerySet[Speech]:
    """What :func:`purge_due` would purge, of every club. Needs that no scope is asked for."""
    is_held = Exists(LegalHold.objects.filter(lifted_at__isnull=True, speech=OuterRef("pk")))
    return Speech.objects.filter(~is_held, purge_after__lte=now)


def _purge(club: Club, speech: Speech, vault: AudioVault, ring: BarRing, now: datetime) -> bool:
    with transaction.atomic():
        # Whoever clears the time has the job; an operator's action in between has moved it.
        list(Speech.objects.select_for_update().filter(club=club, pk=speech.pk))
        mine = _due(club, now).filter(pk=speech.pk)
        if not mine.update(purge_after=None, run_id=speech.run_id + 1):
            return False
        Run.objects.filter(club=club, speech=speech, saved_at__isnull=True).delete()
        LiveUtterance.objects.filter(club=club, speech=speech).delete()
        Upload.objects.filter(club=club, speech=speech).delete()
        forget_unsaved_bars(club, speech.pk)
        Speech.objects.filter(club=club, pk=speech.pk).update(session=None)
        saved = Run.objects.filter(club=club, speech=speech).exists()
        if not saved:
            EvaluatorNote.objects.filter(club=club, speech=speech).delete()
            Speech.objects.filter(club=club, pk=speech.pk).update(
                title="", project_type="", objectives=[], recorded_at=None
            )
        PurgeRecord.objects.create(
            club=club,
            kind=PurgeRecord.Kind.UNSAVED,
            event=PurgeRecord.Event.BATCH,
            speeches=1,
            policy={"auto_purge_seconds": RetentionPolicy.of(club).auto_purge_seconds},
        )
    try:
        async_to_sync(vault.drop)(vault_key(club.pk, str(speech.pk)))
        async_to_sync(vault.drop)(upload_key(club.pk, str(speech.pk)))
        async_to_sync(ring.drop)(vault_key(club.pk, str(speech.pk)))
    except (VaultError, RingUnavailableError):
        # The audio is still there: the next round tries again.
        log.exception("audio not purged club=%s speech=%s", club.pk, speech.pk)
        Speech.objects.filter(club=club, pk=speech.pk, purge_after=None).update(purge_after=now)
        return False
    notify.nudge(club.pk, speech.pk, "speech.purged", reason="auto_purge")
    log.info("purged club=%s speech=%s", club.pk, speech.pk)
    return True
