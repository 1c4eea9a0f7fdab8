"""Erasing a person, from one club or altogether; a receipt says that it was done."""

import logging
from collections import Counter, defaultdict
from typing import Any

from django.db import transaction
from django.db.models import Count
from django_scopes import scopes_disabled

from clubs.models import Club, ErasureReceipt, Membership, User
from clubs.models.audit import subject_hash
from clubs.people import LAST_OWNER
from clubs.permissions import Role
from clubs.registry import Fate, PersonalTable, tables
from clubs.scoping import club_scope
from speechcoach.errors import ForbiddenError

log = logging.getLogger(__name__)

Counts = dict[str, dict[str, int]]


def clubs_with_data(user: User) -> list[Club]:
    """The clubs that hold anything of a person, whether or not they belong to it (still)."""
    found: set[int] = set()
    # It is about the person, not about any one club.
    with scopes_disabled():
        for table in tables():
            if table.is_of_a_club:
                rows = table.rows(user).filter(club__isnull=False).order_by()
                found.update(rows.values_list("club_id", flat=True).distinct())
    return list(Club.objects.filter(pk__in=found))


def owned_alone(user: User) -> list[Club]:
    """Clubs with other members that would be without an owner if this person went."""
    with scopes_disabled():
        theirs = Membership.objects.filter(user=user, role=Role.OWNER).values("club")
        others = (
            Membership.objects.filter(club__in=theirs, role=Role.OWNER)
            .values("club")
            .annotate(owners=Count("pk"))
            .filter(owners=1)
            .values("club")
        )
        peopled = Membership.objects.filter(club__in=others).exclude(user=user).values("club")
        return list(Club.objects.filter(pk__in=peopled))


def erase_from_club(user: User, club: Club, *, by: User) -> ErasureReceipt:
    """Erase what a club holds of a person, their membership included.

    Speeches under a legal hold stay, and the receipt counts them. Files, sound and what runs go
    as soon as this is committed.

    Raises:
        ForbiddenError: the club would be left with members and no owner.
    """
    with transaction.atomic():
        # As whoever changes the people of a club does: of two owners only one can go.
        Club.objects.select_for_update().get(pk=club.pk)
        if club in owned_alone(user):
            raise ForbiddenError(LAST_OWNER)
        return _erase_from_club(user, club, by)


def erase_account(user: User, *, by: User) -> list[ErasureReceipt]:
    """Erase a person from every club, and their account; one receipt for each, the account's last.

    Raises:
        ForbiddenError: a club would be left with members and no owner.
    """
    subject, eraser = subject_hash(user.pk), subject_hash(by.pk)
    with transaction.atomic():
        clubs = clubs_with_data(user)
        list(Club.objects.select_for_update().filter(pk__in=[club.pk for club in clubs]))
        if owned_alone(user):
            raise ForbiddenError(LAST_OWNER)
        receipts = [_erase_from_club(user, club, by) for club in clubs]
        counts, _ = _erase(user, [table for table in tables() if not table.is_of_a_club])
        receipts.append(ErasureReceipt.objects.create(subject=subject, by=eraser, counts=counts))
    log.info("account erased receipt=%s", receipts[-1].pk)
    return receipts


def _erase_from_club(user: User, club: Club, by: User) -> ErasureReceipt:
    with club_scope(club):
        counts, held = _erase(user, [table for table in tables() if table.is_of_a_club])
    receipt = ErasureReceipt.objects.create(
        club=club, subject=subject_hash(user.pk), by=subject_hash(by.pk), counts=counts, held=held
    )
    log.info("person erased club=%s receipt=%s", club.pk, receipt.pk)
    return receipt


def _erase(user: User, chosen: list[PersonalTable]) -> tuple[Counts, int]:
    """Counts by table and fate, and how many rows a hold keeps back."""
    # All are found before any goes: many are found by what others still say.
    found = [(table, list(table.rows(user).values_list("pk", flat=True))) for table in chosen]
    going: list[tuple[PersonalTable, list[Any]]] = []
    held = 0
    for table, keys in found:
        rows = table.model._default_manager.filter(pk__in=keys)
        erasable = list(table.erasable(rows).values_list("pk", flat=True))
        going.append((table, erasable))
        if table.holdable:
            held += len(keys) - len(erasable)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for (table, keys), (_, erasable) in zip(found, going, strict=True):
        label = table.model._meta.label
        rows = table.model._default_manager.filter(pk__in=erasable)
        if table.beyond is not None:
            table.beyond(rows)
        match table.fate:
            case Fate.DELETED:
                rows.delete()
            case Fate.ANONYMISED if table.anonymise is not None:
                table.anonymise(rows)
        counts[label][table.fate.value] += len(erasable)
        counts[label][Fate.KEPT.value] += len(keys) - len(erasable)
    return {label: dict(+said) for label, said in counts.items()}, held
