"""Who belongs to which club, and as what."""

from django.conf import settings
from django.db import models

from clubs.managers import ClubManager
from clubs.models.club import Club


class Membership(models.Model):
    """One person's role in one club."""

    class Role(models.TextChoices):
        OWNER = "owner"
        OFFICER = "officer"
        OPERATOR = "operator"
        MEMBER = "member"

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = ClubManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["club", "user"], name="one_membership_per_club")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.club_id}: {self.role}"
