"""How long a club keeps what nobody has saved, and what somebody has; and when it looks again."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from clubs.core.retention import MAX_DAYS, MIN_DAYS, Clocks
from clubs.managers import ClubManager
from clubs.models.club import Club

MIN_AUTO_PURGE_SECONDS = 60
MAX_AUTO_PURGE_SECONDS = 24 * 60 * 60
DEFAULT_DAYS = 90


def _days(what: str) -> "models.PositiveSmallIntegerField[int, int]":
    sentence = f"Between {MIN_DAYS} and {MAX_DAYS} days."
    return models.PositiveSmallIntegerField(
        f"keep {what} for (days)",
        default=DEFAULT_DAYS,
        validators=[MinValueValidator(MIN_DAYS, sentence), MaxValueValidator(MAX_DAYS, sentence)],
        help_text=f"{sentence} Counted from when the speech was saved.",
    )


def _within(field: str, low: int, high: int, name: str) -> models.CheckConstraint:
    condition = models.Q(**{f"{field}__range": (low, high)})
    return models.CheckConstraint(condition=condition, name=name)


class RetentionPolicy(models.Model):
    """How long a club keeps things. A club without a row keeps the defaults."""

    club = models.OneToOneField(Club, on_delete=models.CASCADE, related_name="retention")
    auto_purge_seconds = models.PositiveIntegerField(
        "keep what nobody saves for (seconds)",
        default=600,
        validators=[
            MinValueValidator(MIN_AUTO_PURGE_SECONDS),
            MaxValueValidator(MAX_AUTO_PURGE_SECONDS),
        ],
        help_text="Between 60 seconds and a day, counted from when a session rests.",
    )
    audio_days = _days("spoken evaluations")
    transcript_days = _days("transcripts")
    evaluation_days = _days("evaluations and metrics")

    objects = ClubManager()

    class Meta:
        verbose_name = "retention policy"
        verbose_name_plural = "retention policies"
        constraints = [
            _within(
                "auto_purge_seconds",
                MIN_AUTO_PURGE_SECONDS,
                MAX_AUTO_PURGE_SECONDS,
                "auto_purge_within_bounds",
            ),
            _within("audio_days", MIN_DAYS, MAX_DAYS, "audio_days_within_bounds"),
            _within("transcript_days", MIN_DAYS, MAX_DAYS, "transcript_days_within_bounds"),
            _within("evaluation_days", MIN_DAYS, MAX_DAYS, "evaluation_days_within_bounds"),
        ]

    def __str__(self) -> str:
        return f"{self.club_id}: {self.auto_purge_seconds} s"

    @classmethod
    def of(cls, club: Club) -> "RetentionPolicy":
        """The club's policy, or the unsaved default. Needs the club's scope."""
        policy = cls.objects.filter(club=club).first()
        return policy or cls(club=club)

    @property
    def clocks(self) -> Clocks:
        """How long what was saved is kept."""
        return Clocks(
            audio_days=self.audio_days,
            transcript_days=self.transcript_days,
            evaluation_days=self.evaluation_days,
        )


class PurgeClock(models.Model):
    """When a club's saved speeches are looked through next, and how it went the last time.

    Whoever moves ``next_run_at`` has the run; one that is killed is taken up when the time it was
    moved to has come.
    """

    club = models.OneToOneField(Club, on_delete=models.CASCADE, related_name="+")
    next_run_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    # The kind of error, never its message, which may quote what was said.
    failure = models.CharField(max_length=80, blank=True)

    objects = ClubManager()

    def __str__(self) -> str:
        return f"{self.club_id}: {self.next_run_at:%Y-%m-%d %H:%M}"
