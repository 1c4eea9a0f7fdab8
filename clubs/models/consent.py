"""What speakers agreed to: evidence, only ever added to."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from clubs.managers import ClubManager
from clubs.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from clubs.models.club import Club

_SALT = "speechcoach.consent"


class ConsentQuerySet(AppendOnlyQuerySet["ConsentEvent"]):
    def without_names(self) -> int:
        """Put a keyed fingerprint in the place of each speaker's name; returns how many.

        The one change that the log allows: see :class:`ConsentEvent`.
        """
        count = 0
        for pk, club_id, name in self.filter(speaker_fingerprint="").values_list(
            "pk", "club_id", "speaker_name"
        ):
            count += models.QuerySet.update(
                self.filter(pk=pk),
                speaker_name="",
                speaker_id=None,
                speaker_fingerprint=fingerprint(club_id, name),
            )
        return count


class ConsentEvent(AppendOnlyModel):
    """What a speaker agreed to or withdrew, in the words they were shown. Only ever added to.

    The speech and the people are ids, not references: the event outlives them. It is the proof of
    consent that a club owes for as long as somebody may ask, so that retention and erasure leave it
    in place. What they take out is the name. Where it stood is then a keyed fingerprint of it: the
    log can be asked whether it holds the consent of a person who gives their name
    (``fingerprint(club_id, name)``), and nobody who reads it learns one.
    """

    club = models.ForeignKey(Club, on_delete=models.PROTECT, related_name="+")
    speech_id = models.UUIDField(db_index=True)
    speaker_id = models.BigIntegerField(null=True, blank=True)
    speaker_name = models.CharField(max_length=120, blank=True)
    speaker_fingerprint = models.CharField(max_length=64, blank=True)
    confirmed = models.BooleanField()
    text_version = models.CharField(max_length=20)
    text = models.TextField()
    recorded_by = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = ClubManager.from_queryset(ConsentQuerySet)()

    class Meta:
        ordering = ["recorded_at", "id"]

    def __str__(self) -> str:
        return f"{self.speech_id}: {'given' if self.confirmed else 'withdrawn'}"


def fingerprint(club_id: int, speaker_name: str) -> str:
    """What stands for a speaker's name in the consent log of a club once the name is erased."""
    value: Any = f"{club_id}:{speaker_name.strip().casefold()}"
    return salted_hmac(_SALT, value, algorithm="sha256").hexdigest()
