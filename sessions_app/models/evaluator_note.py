"""What a person who evaluates a speech has to say about it, beside what we have."""

from django.conf import settings
from django.db import models

from clubs.managers import ClubManager
from clubs.models import Club
from sessions_app.models.speech import Speech

LONGEST = 2000


class EvaluatorNote(models.Model):
    """One evaluator's notes on one speech. They have the speech's clock for evaluations."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="+")
    speech = models.ForeignKey(Speech, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    author_name = models.CharField(max_length=120, blank=True)
    went_well = models.TextField("what worked", max_length=LONGEST, blank=True)
    to_try = models.TextField("what to try next time", max_length=LONGEST, blank=True)
    # Whether whoever has a link to the speech reads them too.
    shared = models.BooleanField("show them to people with a link to the speech", default=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ClubManager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["speech", "author"], name="one_note_per_evaluator")
        ]

    def __str__(self) -> str:
        return f"{self.speech_id}: {self.pk}"
