"""What keeps a speech from its clocks, and what has been said about them."""

from django.db import models
from django.utils import timezone

from clubs.managers import ClubManager
from clubs.models import Club
from sessions_app.models.speech import Speech


class LegalHold(models.Model):
    """Keeps a speech, whole, from every purge and erasure for as long as it is not lifted.

    The withdrawal of consent in a live session is not held back: a speaker's word stands above it.
    Who placed and lifted it are ids: the hold outlives them.
    """

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="+")
    speech = models.ForeignKey(Speech, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=500)
    placed_by = models.BigIntegerField(null=True)
    placed_at = models.DateTimeField(default=timezone.now)
    lifted_by = models.BigIntegerField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = ClubManager()

    class Meta:
        ordering = ["-placed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["speech"],
                condition=models.Q(lifted_at__isnull=True),
                name="one_hold_at_a_time",
                violation_error_message="This speech is held already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.speech_id}: {'lifted' if self.lifted_at else 'held'}"


class RetentionWarning(models.Model):
    """That the speaker was told of the day on which a saved speech begins to go. Once a speech."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="+")
    speech = models.OneToOneField(Speech, on_delete=models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)

    objects = ClubManager()

    def __str__(self) -> str:
        return str(self.speech_id)
