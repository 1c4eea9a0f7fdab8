"""Runs of the evaluation pipeline, what each stage gave, and the files a club keeps."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from clubs.managers import ClubManager
from clubs.models import Club
from evaluations.progress.goals import MEASURES, Aim, Direction


class Run(models.Model):
    """One evaluation of one recording of a speech.

    ``number`` rises with every start, panic and withdrawal; a run whose speech has moved on commits
    nothing more.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        READY = "ready"
        TOO_SHORT = "too_short"
        FAILED = "failed"
        CANCELLED = "cancelled"

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="+")
    speech = models.ForeignKey("sessions_app.Speech", on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    stage = models.CharField(max_length=24, blank=True)
    message = models.CharField(max_length=300, blank=True)
    # When it was last asked for, and how often it was begun since.
    asked_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Rises with every claim and never falls: whoever has an older one commits nothing more.
    claim = models.PositiveIntegerField(default=0)
    # The process that works on it, when it last gave a sign, and when the reaper first missed one
    # since. Of a queued run: when it was last sent.
    holder = models.CharField(max_length=120, blank=True)
    heard_at = models.DateTimeField(default=timezone.now)
    missed_at = models.DateTimeField(null=True, blank=True)
    samples = models.PositiveIntegerField()
    # A ``pipeline.RunRequest``.
    request = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    # When its transcript was last put right by hand.
    corrected_at = models.DateTimeField(null=True, blank=True)
    # A ``progress.figures.Figures``, made when the run is kept: a page about many speeches cannot
    # read the metrics of each.
    figures = models.JSONField(null=True, blank=True, editable=False)

    objects = ClubManager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["speech", "number"], name="one_run_per_number")
        ]
        indexes = [
            # The reaper asks for these every few seconds, of all clubs.
            models.Index(
                fields=["heard_at"],
                condition=models.Q(status__in=["queued", "running"]),
                name="open_runs",
            )
        ]

    def __str__(self) -> str:
        return f"{self.speech_id}#{self.number}"


class StageResult(models.Model):
    """What one stage of a run gave, stored before the next begins."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=24)
    engine = models.CharField(max_length=60)
    seconds = models.FloatField()
    cost_usd = models.DecimalField(max_digits=9, decimal_places=6, default=0)
    # Of ``billing.Charge``: vendors' request ids, versions of prompts, tokens.
    charges = models.JSONField(default=list)
    result = models.JSONField()
    audio = models.BinaryField(null=True)
    finished_at = models.DateTimeField(auto_now_add=True)

    objects = ClubManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "stage"], name="one_result_per_stage")
        ]

    def __str__(self) -> str:
        return f"{self.run}: {self.stage}"


class Output(models.Model):
    """A file of a run. Members may download it once the run is saved."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    content_type = models.CharField(max_length=80)
    content = models.BinaryField()
    size = models.PositiveIntegerField()

    objects = ClubManager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="one_file_per_name")]

    def __str__(self) -> str:
        return f"{self.run}: {self.name}"


class OwnFiller(models.Model):
    """A word that counts as a filler besides those that always do.

    Of one member in this club, or where ``user`` is null of the whole club.
    """

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    # As ``core.tokens.tokenise`` gives it, joined by single spaces.
    phrase = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ClubManager()

    class Meta:
        ordering = ["phrase"]
        constraints = [
            models.UniqueConstraint(
                fields=["club", "user", "phrase"], name="one_filler_per_member_and_phrase"
            ),
            models.UniqueConstraint(
                fields=["club", "phrase"],
                condition=models.Q(user__isnull=True),
                name="one_filler_per_club_and_phrase",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.club_id}: {self.pk}"


class Goal(models.Model):
    """What a member wants one of their figures to be; theirs alone to set and to see."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    measure = models.CharField(
        max_length=12, choices=[(measure.id, measure.name) for measure in MEASURES.values()]
    )
    direction = models.CharField(
        max_length=8, choices=[(direction.value, direction.words) for direction in Direction]
    )
    target = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ClubManager()

    class Meta:
        ordering = ["measure", "direction"]
        constraints = [
            models.UniqueConstraint(
                fields=["club", "user", "measure", "direction"], name="one_goal_per_direction"
            ),
            models.CheckConstraint(condition=models.Q(target__gte=0), name="goal_not_below_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.club_id}: {self.measure} {self.direction}"

    @property
    def aim(self) -> Aim:
        return Aim(self.measure, Direction(self.direction), self.target)
