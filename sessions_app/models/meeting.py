"""A club's meetings and what is on their agendas."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from clubs.managers import ClubManager
from clubs.models import Club, Membership
from evaluations.core.shapes import MeetingFacts, ProjectContext
from sessions_app.models.speech import Speech

# A meeting is on the board until it is surely over.
LASTS = timedelta(hours=4)
LONGEST_SLOT_SECONDS = 60 * 60


@cache
def time_zones() -> frozenset[str]:
    """The names of all time zones; to find them, the file system is walked."""
    return frozenset(available_timezones())


def known_time_zone(name: str) -> None:
    if name not in time_zones():
        raise ValidationError("There is no time zone of this name.")


class Meeting(models.Model):
    """One meeting of a club. ``time_zone`` is the place's: its clock is what people go by."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="+")
    title = models.CharField("title or theme", max_length=120)
    starts_at = models.DateTimeField("begins")
    time_zone = models.CharField(max_length=64, default="UTC", validators=[known_time_zone])
    place = models.CharField("place or link", max_length=300, blank=True)
    word_of_the_day = models.CharField(max_length=40, blank=True)
    word_meaning = models.CharField("what it means", max_length=200, blank=True)
    notes = models.TextField(max_length=2000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ClubManager()

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["club", "starts_at"])]

    def __str__(self) -> str:
        return f"{self.club_id}: {self.starts_at:%Y-%m-%d}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def clock_name(self) -> str:
        """Whose clock a time of this meeting is told by: "UTC", "Berlin time"."""
        place = self.time_zone.rpartition("/")[2].replace("_", " ")
        return place if place == "UTC" else f"{place} time"

    @property
    def local_start(self) -> datetime:
        """When it begins by the clock of its place."""
        return self.starts_at.astimezone(self.zone)


class AgendaSlot(models.Model):
    """One speech on an agenda: who, what, how long; its speech once that is started.

    ``speaker`` is a member of the club; a guest has a name only, a free place neither.
    """

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="slots")
    position = models.PositiveSmallIntegerField()
    speaker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    speaker_name = models.CharField(max_length=120, blank=True)
    title = models.CharField("title of the speech", max_length=200, blank=True)
    project_type = models.CharField("project", max_length=100, blank=True)
    objectives = models.JSONField(default=list, blank=True)
    # Green and red light; both or neither.
    min_seconds = models.PositiveSmallIntegerField(null=True, blank=True)
    max_seconds = models.PositiveSmallIntegerField(null=True, blank=True)
    evaluator_name = models.CharField("evaluator", max_length=120, blank=True)
    time_limit_seconds = models.PositiveSmallIntegerField(
        "longest spoken evaluation, in seconds",
        default=120,
        validators=[MinValueValidator(30), MaxValueValidator(600)],
    )
    speech = models.OneToOneField(
        Speech, null=True, blank=True, on_delete=models.SET_NULL, related_name="slot"
    )

    objects = ClubManager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(min_seconds__isnull=True, max_seconds__isnull=True)
                | models.Q(
                    # Said outright: a comparison with null is not false.
                    min_seconds__isnull=False,
                    max_seconds__isnull=False,
                    min_seconds__gte=1,
                    min_seconds__lt=models.F("max_seconds"),
                    max_seconds__lte=LONGEST_SLOT_SECONDS,
                ),
                name="green_before_red",
                violation_error_message="Green comes before red, and red within an hour.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}: {self.position}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        # However it is saved: a reference across clubs must never come into being.
        self.clean()
        super().save(*args, **kwargs)

    @property
    def is_free(self) -> bool:
        return self.speaker_id is None and not self.speaker_name and self.speech_id is None

    @property
    def planned_minutes(self) -> str:
        """Green to red as people say it, "5 to 7 minutes"; "" where nothing is planned."""
        if self.min_seconds is None or self.max_seconds is None:
            return ""
        return f"{self.min_seconds / 60:g} to {self.max_seconds / 60:g} minutes"

    @property
    def project(self) -> ProjectContext:
        return ProjectContext(
            speech_title=self.title,
            project_type=self.project_type,
            objectives=tuple(self.objectives),
        )

    @property
    def facts(self) -> MeetingFacts:
        """What the meeting tells the roles about a speech in this place."""
        planned = None
        if self.min_seconds is not None and self.max_seconds is not None:
            planned = (self.min_seconds, self.max_seconds)
        return MeetingFacts(word_of_the_day=self.meeting.word_of_the_day, planned_seconds=planned)

    def clean(self) -> None:
        """All that a slot points to belongs to its club.

        Raises:
            django.core.exceptions.ValidationError: something is of another club.
        """
        super().clean()
        if self.meeting.club_id != self.club_id:
            raise ValidationError("The meeting belongs to another club.")
        if self.speech is not None and self.speech.club_id != self.club_id:
            raise ValidationError({"speech": "The speech belongs to another club."})
        if self.speaker_id is not None and not self._is_member():
            raise ValidationError({"speaker": "The speaker does not belong to this club."})

    def _is_member(self) -> bool:
        return Membership.objects.filter(club=self.club_id, user=self.speaker_id).exists()
