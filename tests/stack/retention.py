"""What the retention tests find and leave in a database; called in a process beside the server."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from clubs.models import Club, PurgeRecord, RetentionPolicy, User
from clubs.scoping import club_scope
from sessions_app.models import RetentionWarning, Speech
from sessions_app.tasks import expire_every_club
from tests.sessions_app.saved import WORDS, save_speeches

SPEAKER = "member@harbour.example"
TITLE = "The mill by the river"
DAY = timedelta(days=1)


def save() -> dict[str, str]:
    """A speech past all its clocks, one whose first part goes in days, a new one, and one whose
    unsaved data has rested for long enough."""
    club = Club.objects.get(slug="harbour")
    speaker = User.objects.get(email=SPEAKER)
    now = timezone.now()
    ages = {"past": 91 * DAY, "near": 25 * DAY, "new": timedelta()}
    with club_scope(club):
        RetentionPolicy.objects.create(
            club=club, audio_days=30, transcript_days=60, evaluation_days=90
        )
        made = {
            name: save_speeches(club, 1, now - age, speaker=speaker)[0]
            for name, age in ages.items()
        }
        Speech.objects.update(title=TITLE)
        made["rested"] = Speech.objects.create(
            club=club, speaker=speaker, title=WORDS, seen_at=now, purge_after=now
        )
    return {name: str(speech.pk) for name, speech in made.items()}


def send() -> None:
    """What the clock sends, by the broker."""
    expire_every_club.delay()


def found() -> dict[str, Any]:
    """Which speeches are there, who has been warned of which, and what the audit says."""
    club = Club.objects.get(slug="harbour")
    with club_scope(club):
        untitled = Speech.objects.filter(title="")
        records = PurgeRecord.objects.order_by("pk")
        return {
            "speeches": [str(key) for key in Speech.objects.values_list("pk", flat=True)],
            "warned": [
                str(key) for key in RetentionWarning.objects.values_list("speech", flat=True)
            ],
            "untitled": [str(key) for key in untitled.values_list("pk", flat=True)],
            "audit": [
                [record.kind, record.event, record.speeches, record.records, record.transcripts]
                for record in records
            ],
        }
