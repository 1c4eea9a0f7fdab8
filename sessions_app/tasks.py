"""Celery tasks of the live side. Thin."""

from asgiref.sync import async_to_sync
from celery import shared_task
from django.utils import timezone

from clubs.models import Club
from clubs.tasks import ClubTask
from sessions_app import expiry, farewell, purge
from sessions_app.coach.store import keep_settled
from sessions_app.source import upload_key, vault_key
from sessions_app.stream import RingUnavailableError
from sessions_app.uploads import carrying
from sessions_app.vault import VaultError


@shared_task
def purge_every_club() -> None:
    """Start a purge for each club."""
    for club_id in Club.objects.values_list("pk", flat=True):
        purge_club.enqueue(club_id=club_id)


@shared_task(base=ClubTask)
def purge_club(club: Club) -> None:
    """Save the takes that were kept, wake up stuck uploads, let abandoned sessions rest, and purge
    what was not saved."""
    from speechcoach.providers import ring, vault  # noqa: PLC0415 - built on first use

    now = timezone.now()
    # First: what is to be kept must not be purged for being late.
    keep_settled(club)
    carrying.settle(club, now)
    for speech_id in carrying.stalled(club, now):
        extract_upload.enqueue(club_id=club.pk, speech_id=speech_id)
    purge.rest_abandoned(club, now)
    purge.purge_due(club, vault(), ring(), now)


@shared_task(
    base=ClubTask,
    autoretry_for=(VaultError, RingUnavailableError),
    retry_backoff=True,
    max_retries=8,
)
def forget_audio(club: Club, *, speech_id: str) -> None:
    """Drop what was captured and measured of a speech that is erased."""
    from speechcoach.providers import ring, vault  # noqa: PLC0415 - built on first use

    async_to_sync(vault().drop)(vault_key(club.pk, speech_id))
    async_to_sync(vault().drop)(upload_key(club.pk, speech_id))
    async_to_sync(ring().drop)(vault_key(club.pk, speech_id))


class UploadTask(ClubTask):
    """A task about an upload: its row says what is owed, so a message that is lost is no loss."""

    abstract = True
    owed_by_a_row = True


@shared_task(base=UploadTask)
def extract_upload(club: Club, *, speech_id: str) -> None:
    """Decode an uploaded file and queue its evaluation; sent twice, it is done once."""
    from speechcoach.providers import detector, vault  # noqa: PLC0415 - built on first use

    upload = carrying.claim(club, speech_id, timezone.now())
    if upload is not None:
        carrying.carry(club, upload, vault(), detector())


@shared_task
def expire_every_club() -> None:
    """Start the retention of each club; those whose time has not come do nothing."""
    for club_id in Club.objects.values_list("pk", flat=True):
        expire_club.enqueue(club_id=club_id)


@shared_task(base=ClubTask)
def expire_club(club: Club, *, started_by: int | None = None) -> None:
    """Delete what one club has kept for as long as it wants to, if its run is due.

    ``started_by`` is the person who asked for it, where it was not the schedule.
    """
    now = timezone.now()
    if expiry.claim(club, now):
        farewell.warn_speakers(club, now)
        expiry.run(club, now, started_by=started_by)
