"""What was heard of a running speech, kept as it is heard."""

from django.db import models

from clubs.managers import ClubManager
from clubs.models import Club
from sessions_app.models.speech import Speech


class LiveUtterance(models.Model):
    """One finished utterance of a live transcript, added as it is heard.

    A row each, so that keeping the session costs the same at the end of a speech as at its start.
    """

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="+")
    speech = models.ForeignKey(Speech, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    # A ``evaluations.core.shapes.Segment``.
    segment = models.JSONField()

    objects = ClubManager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["speech", "position"], name="one_utterance_per_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.speech_id}: {self.position}"
