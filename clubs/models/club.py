"""The tenant."""

from django.db import models


class Club(models.Model):
    """A tenant. Every row that belongs to a club points here and is managed within its scope."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    suspended_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Nobody may use the club from then on, until this is emptied. Nothing is erased.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.slug
