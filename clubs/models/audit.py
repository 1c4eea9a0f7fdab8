"""Who purged, erased, exported or looked at what: ids and counts, only ever added to."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from clubs.managers import ClubManager
from clubs.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from clubs.models.club import Club

_SALT = "speechcoach.erasure"


class PurgeRecord(AppendOnlyModel):
    """A batch that a purge deleted, or the end of its run. Written in the batch's transaction.

    ``started_by`` is a person's id, or null for the schedule; ``policy`` what was in force.
    """

    class Kind(models.TextChoices):
        UNSAVED = "unsaved", "not saved in time"
        EXPIRED = "expired", "kept for as long as the club says"

    class Event(models.TextChoices):
        BATCH = "batch"
        DONE = "done"
        FAILED = "failed"

    club = models.ForeignKey(Club, on_delete=models.PROTECT, related_name="+")
    run = models.UUIDField(default=uuid.uuid4, db_index=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    event = models.CharField(max_length=10, choices=Event.choices)
    recorded_at = models.DateTimeField(default=timezone.now)
    started_by = models.BigIntegerField(null=True, blank=True)
    policy = models.JSONField(default=dict)
    speeches = models.PositiveIntegerField(default=0)
    records = models.PositiveIntegerField("whole speeches", default=0)
    audio = models.PositiveIntegerField(default=0)
    transcripts = models.PositiveIntegerField(default=0)
    evaluations = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=80, blank=True)

    objects = ClubManager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        ordering = ["-recorded_at", "-id"]
        verbose_name = "purge run"

    def __str__(self) -> str:
        return f"{self.run} {self.event}"


class ErasureReceipt(AppendOnlyModel):
    """That a person's data was erased: hashes, ids and counts, nothing that names anybody.

    Without a club it is about an account as a whole. ``subject`` is a keyed hash of the person's
    id (:func:`subject_hash`); ``by`` that of whoever asked, which is the same where it was the
    person. ``counts`` says by table what was deleted, anonymised or kept, and ``held`` how many
    speeches a legal hold kept back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    club = models.ForeignKey(
        Club, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    subject = models.CharField(max_length=64, db_index=True)
    by = models.CharField(max_length=64)
    erased_at = models.DateTimeField(default=timezone.now)
    counts = models.JSONField()
    held = models.PositiveIntegerField(default=0)

    objects = ClubManager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        ordering = ["-erased_at"]

    def __str__(self) -> str:
        return str(self.id)


class AuditEvent(AppendOnlyModel):
    """Somebody looked at, exported or decided about a club's data. Ids only.

    Without a club it is about an account as a whole.
    """

    class Action(models.TextChoices):
        VIEWED = "viewed", "a superuser looked at member content"
        EXPORTED = "exported", "a person's data was exported"
        CSV = "csv", "a log was exported"
        HELD = "held", "a legal hold was placed"
        RELEASED = "released", "a legal hold was lifted"

    club = models.ForeignKey(
        Club, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    actor = models.BigIntegerField()
    action = models.CharField(max_length=10, choices=Action.choices)
    table = models.CharField(max_length=60)
    # A key, or nothing for a list.
    object_id = models.CharField(max_length=64, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = ClubManager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        ordering = ["-recorded_at", "-id"]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.table} {self.object_id}"


def subject_hash(user_id: int) -> str:
    """What stands for a person's id in receipts."""
    return salted_hmac(_SALT, str(user_id), algorithm="sha256").hexdigest()
