"""A link with which somebody without an account sees one speech."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from clubs.managers import ClubManager
from clubs.models import Club
from evaluations.models import Run
from sessions_app.models.speech import Speech


class ShareLink(models.Model):
    """Made by the speaker or an officer. The token is shown once and kept only as a hash."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="+")
    speech = models.ForeignKey(Speech, on_delete=models.CASCADE, related_name="+")
    # What is shared is this recording; one made later is shared by a link of its own.
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    # SHA-256 in hexadecimal.
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_opened_at = models.DateTimeField(null=True, blank=True)
    opens = models.PositiveIntegerField(default=0)

    objects = ClubManager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.speech_id}: {self.pk}"
