"""A file with a recorded speech, from its first byte until it is a recording like any other."""

from django.conf import settings
from django.db import models

from clubs.managers import ClubManager
from clubs.models import Club
from sessions_app.models.speech import Speech


class Upload(models.Model):
    """The file itself lies in the vault (``source.upload_key``), never in a row or on a disk.

    The row goes with the speech's unsaved data, or when its evaluation is saved.
    """

    class State(models.TextChoices):
        RECEIVING = "receiving"
        RECEIVED = "received"
        EXTRACTING = "extracting"
        EXTRACTED = "extracted"
        FAILED = "failed"

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="+")
    speech = models.OneToOneField(Speech, on_delete=models.CASCADE, related_name="upload")
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    file_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVING)
    # Decoded so far, of what the file says it holds.
    seconds = models.FloatField(default=0)
    total_seconds = models.FloatField(null=True)
    message = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # The last sign of the browser, then of the worker that reads the file.
    seen_at = models.DateTimeField()
    # A ``core.setup.Setup``: what is to be evaluated, and how.
    setup = models.JSONField()

    objects = ClubManager()

    class Meta:
        indexes = [models.Index(fields=["club", "state"])]

    def __str__(self) -> str:
        return f"{self.speech_id}: {self.state}"
