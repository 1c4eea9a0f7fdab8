"""A row in every table of club data that the admin shows, in a club of one's choice."""

from datetime import timedelta

from django.utils import timezone

from clubs.models import (
    AuditEvent,
    Club,
    ClubEngines,
    DailyLimit,
    DailyUsage,
    ErasureReceipt,
    PurgeClock,
    PurgeRecord,
    RetentionPolicy,
)
from clubs.scoping import club_scope
from sessions_app.models import LegalHold, Speech
from tests.cast import canary


def fill_admin(club: Club) -> None:
    """Rows beside those of ``objects.look_alikes``, with the club's canary wherever text may be."""
    mark = canary(club.slug)
    with club_scope(club):
        speech = Speech.objects.filter(title__startswith="Title").get()
        # Past its time: the preview would name it.
        Speech.objects.filter(pk=speech.pk).update(saved_at=timezone.now() - timedelta(days=400))
        other = Speech.objects.create(club=club, title=f"Held {mark}")
        LegalHold.objects.create(club=club, speech=other, reason=f"Reason {mark}")
        RetentionPolicy.objects.create(club=club)
        PurgeClock.objects.create(club=club, failed_at=timezone.now(), failure=mark)
        ClubEngines.objects.create(club=club, speech=f"voice {mark}")
        DailyLimit.objects.create(club=club, evaluations=7)
        DailyUsage.objects.create(club=club, day=timezone.now().date(), evaluations=3)
        PurgeRecord.objects.create(
            club=club,
            kind=PurgeRecord.Kind.EXPIRED,
            event=PurgeRecord.Event.FAILED,
            failure=mark,
        )
        ErasureReceipt.objects.create(
            club=club, subject=f"hash {mark}", by=f"hash {mark}", counts={mark: 1}
        )
        AuditEvent.objects.create(
            club=club, actor=1, action=AuditEvent.Action.CSV, table=mark, object_id=mark
        )
