"""Rows that are evidence: added, read, and never changed or removed."""

from typing import Any, Never, TypeVar

from django.db import models

_M = TypeVar("_M", bound=models.Model)


class AppendOnlyError(Exception):
    """Somebody tried to change or to remove a row that is evidence."""


class AppendOnlyQuerySet(models.QuerySet[_M]):
    """Adds and reads, and refuses the rest."""

    def _refuse(self) -> Never:
        raise AppendOnlyError(f"{self.model.__name__} rows are only ever added.")

    def update(self, **kwargs: Any) -> int:
        self._refuse()

    def delete(self) -> tuple[int, dict[str, int]]:
        self._refuse()

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        self._refuse()


class AppendOnlyModel(models.Model):
    """Base of tables that are evidence; their manager is made from :class:`AppendOnlyQuerySet`."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"A {self._meta.verbose_name} is never changed; add another.")
        # Inserting by force: a key that exists already must fail, not overwrite.
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError(f"A {self._meta.verbose_name} is never removed.")
