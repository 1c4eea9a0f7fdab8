"""The bars of a recording that has ended."""

from django.db import models

from clubs.managers import ClubManager
from clubs.models import Club
from sessions_app.models.speech import Speech


class RecordingBars(models.Model):
    """What was measured live of one recording of a speech, second by second.

    ``number`` is the run that was asked for when it ended: the evaluations of it are that run and
    those after it, up to the next recording.
    """

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="+")
    speech = models.ForeignKey(Speech, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    # How far they were in the ring (``stream.Mark``), for who asks what came after.
    epoch = models.CharField(max_length=16)
    eid = models.PositiveIntegerField()
    # A list of ``core.bars.Bar``.
    bars = models.JSONField()

    objects = ClubManager()

    class Meta:
        verbose_name_plural = "recording bars"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["speech", "number"], name="one_row_of_bars_a_recording")
        ]

    def __str__(self) -> str:
        return f"{self.speech_id}: {self.number}"
