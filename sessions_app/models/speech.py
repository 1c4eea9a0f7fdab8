"""A speech: one person's talk, from consent to saved outputs."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.db import models

from clubs.managers import ClubManager
from clubs.models import Club
from evaluations.core.shapes import ProjectContext


class Speech(models.Model):
    """One talk of one club. Its audio lies in the vault, never in a row."""

    class State(models.TextChoices):
        IDLE = "idle"
        RECORDING = "recording"
        PROCESSING = "processing"
        DELIVERING = "delivering"

    class Visibility(models.TextChoices):
        """Who sees the speech, from the fewest on; ``sessions_app.visibility`` says it exactly."""

        SPEAKER = "speaker", "The speaker and the club’s officers"
        OFFICERS = "officers", "The speaker, the officers, and the operator who ran the session"
        CLUB = "club", "Everyone in the club"

    WITHDRAWN: Final[Mapping[str, Any]] = {
        "speaker": None,
        "speaker_name": "",
        "consent_confirmed": False,
        "consent_at": None,
        "title": "",
        "project_type": "",
        "objectives": [],
        "visibility": Visibility.CLUB,
        "session": None,
        "recorded_at": None,
        "purge_after": None,
    }
    """What a row says when its speaker has withdrawn consent: nothing of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="+")
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    speaker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    speaker_name = models.CharField(max_length=120, blank=True)
    consent_confirmed = models.BooleanField(default=False)
    consent_at = models.DateTimeField(null=True, blank=True)
    title = models.CharField(max_length=200, blank=True)
    project_type = models.CharField(max_length=100, blank=True)
    objectives = models.JSONField(default=list, blank=True)
    visibility = models.CharField(
        max_length=10, choices=Visibility.choices, default=Visibility.CLUB
    )
    time_limit_seconds = models.PositiveSmallIntegerField(default=120)
    state = models.CharField(max_length=10, choices=State.choices, default=State.IDLE)
    run_id = models.PositiveIntegerField(default=0)
    # The live session (``core.snapshot.Snapshot``), the connection that has it, and its last sign.
    session = models.JSONField(null=True, blank=True)
    owner = models.UUIDField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    # When its latest kept run was saved, null while there is none: see ``sessions_app.saving``.
    saved_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When the unsaved data of this speech goes; null while it is in use or there is none.
    purge_after = models.DateTimeField(null=True, blank=True, db_index=True)

    objects = ClubManager()

    class Meta:
        verbose_name_plural = "speeches"
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["club", "-created_at"]),
            models.Index(fields=["club", "-saved_at"]),
            models.Index(fields=["club", "speaker", "-saved_at"]),
            # What is live now, among ten thousand that are not.
            models.Index(fields=["club", "state"]),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def project(self) -> ProjectContext:
        return ProjectContext(
            speech_title=self.title,
            project_type=self.project_type,
            objectives=tuple(self.objectives),
        )
