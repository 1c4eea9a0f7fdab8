"""Every table, and what it holds of a person: how it is found, exported and erased.

Applications register theirs in a module ``shredders``. A table is either *personal*
(:func:`personal`, once for each way in which it concerns a person) or said not to be
(:func:`impersonal`); a test fails when one is neither. Export and erasure know no other list.
"""

import enum
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.module_loading import module_has_submodule

from clubs.models import Club, User

Rows = Any
"""A queryset of the table at hand."""


class Fate(enum.Enum):
    """What erasure does to a row."""

    DELETED = "deleted"
    ANONYMISED = "anonymised"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class File:
    """A file of an export. ``name`` is a path without a leading slash."""

    name: str
    content: bytes


def _all(rows: Rows) -> Rows:
    return rows


def _no_files(_row: Any) -> Iterator[File]:
    return iter(())


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """One way in which a table holds data of a person.

    Args:
        model: the table.
        role: what the person is to its rows, in one word: "speaker", "member".
        rows: the rows of a person; of a club's table those of the club in force, or of all clubs
            where scopes are put aside.
        fate: what erasure does to them, and ``why`` in a sentence.
        anonymise: takes the person out of these rows, where that is their fate.
        erasable: narrows rows to those that may go now; the rest is held back.
        holdable: its rows are what a receipt counts as held.
        beyond: sees to what these rows have outside the database, before they go.
        hidden: fields that an export leaves out: secrets, and bytes that are among its files.
        files: what of a row is a file in an export.
    """

    model: type[models.Model]
    role: str
    rows: Callable[[User], Rows]
    fate: Fate
    why: str
    anonymise: Callable[[Rows], object] | None = None
    erasable: Callable[[Rows], Rows] = _all
    holdable: bool = False
    beyond: Callable[[Rows], object] | None = None
    hidden: frozenset[str] = frozenset()
    files: Callable[[Any], Iterable[File]] = _no_files

    def __post_init__(self) -> None:
        if (self.fate is Fate.ANONYMISED) != (self.anonymise is not None):
            raise ValueError(f"{self.name}: how it is anonymised is said where it is, only")

    @property
    def name(self) -> str:
        return f"{self.model._meta.label}:{self.role}"

    @property
    def is_of_a_club(self) -> bool:
        return any(
            entry.name == "club" and entry.related_model is Club
            for entry in self.model._meta.concrete_fields
        )


@dataclass(slots=True)
class _Registry:
    personal: dict[str, PersonalTable] = field(default_factory=dict)
    impersonal: dict[str, str] = field(default_factory=dict)
    loaded: bool = False


_registry = _Registry()


def personal(table: PersonalTable) -> None:
    """Register a table. Rows are erased in the order of registration: what refers to others first.

    Raises:
        ValueError: there is one of this name.
    """
    if table.name in _registry.personal:
        raise ValueError(f"{table.name} is registered already")
    _registry.personal[table.name] = table


def impersonal(label: str, why: str) -> None:
    """Say of the table ``app.Model`` that it holds nothing of a person, and why."""
    _registry.impersonal[label] = why


def tables() -> list[PersonalTable]:
    """Every personal table, in the order in which they are erased."""
    _load()
    return list(_registry.personal.values())


def exempt() -> dict[str, str]:
    """The tables that hold nothing of a person, with the reason."""
    _load()
    return dict(_registry.impersonal)


def _load() -> None:
    """Read the ``shredders`` of the applications; what uses others comes before them."""
    if _registry.loaded:
        return
    _registry.loaded = True
    for config in reversed(list(apps.get_app_configs())):
        if module_has_submodule(config.module, "shredders"):
            import_module(f"{config.name}.shredders")
