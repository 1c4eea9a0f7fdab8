"""What a club uses of the deployment: which engines, how much a day, and at what cost."""

from datetime import date
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models

from clubs.managers import ClubManager
from clubs.models.club import Club


class ClubEngines(models.Model):
    """The engines a club has chosen among those that the deployment offers.

    Empty is the deployment's own choice, and so is one that is no longer offered.
    """

    club = models.OneToOneField(Club, on_delete=models.CASCADE, related_name="+")
    speech = models.CharField(
        "voice of the spoken evaluation",
        max_length=60,
        blank=True,
        help_text="It speaks from the next evaluation on.",
    )

    builtin_only = models.BooleanField(
        "send nothing to vendors",
        default=False,
        help_text="Voices and words stay on this server, from the next session on.",
    )

    objects = ClubManager()

    class Meta:
        verbose_name = "choice of engines"
        verbose_name_plural = "choices of engines"

    def __str__(self) -> str:
        return f"{self.club_id}: {self.speech or 'default'}"

    @classmethod
    def of(cls, club: Club) -> "ClubEngines":
        """The club's choice, or the unsaved default. Needs the club's scope."""
        return cls.objects.filter(club=club).first() or cls(club=club)


class DailyLimit(models.Model):
    """How many evaluations a club may have made in a day (UTC). Without a row: the default."""

    club = models.OneToOneField(Club, on_delete=models.CASCADE, related_name="+")
    evaluations = models.PositiveIntegerField(
        "evaluations a day",
        validators=[MinValueValidator(1)],
        help_text="Counted from midnight UTC. An evaluation that is prepared again counts again.",
    )

    objects = ClubManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(evaluations__gte=1), name="some_evaluations")
        ]

    def __str__(self) -> str:
        return f"{self.club_id}: {self.evaluations}"


class DailyUsage(models.Model):
    """A club's evaluations of a day (UTC) and what they cost. Outlives the evaluations."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    evaluations = models.PositiveIntegerField(default=0)
    cost_usd = models.DecimalField(max_digits=12, decimal_places=6, default=Decimal(0))

    objects = ClubManager()

    class Meta:
        ordering = ["-day"]
        verbose_name_plural = "daily usage"
        constraints = [models.UniqueConstraint(fields=["club", "day"], name="one_row_per_day")]

    def __str__(self) -> str:
        return f"{self.club_id}: {self.day}"

    @classmethod
    def locked(cls, club: Club, day: date) -> "DailyUsage":
        """The day's row, locked until the transaction ends. Needs the club's scope."""
        cls.objects.get_or_create(club=club, day=day)
        return cls.objects.select_for_update().get(club=club, day=day)
