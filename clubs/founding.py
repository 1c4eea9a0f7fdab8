"""Starting a club."""

from itertools import chain, count
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from clubs.access import clubs_of
from clubs.models import Club, Membership, User
from clubs.scoping import club_scope
from speechcoach.errors import TooManyError

MAX_OWNED: Final = 20
_SLUG_CHARACTERS: Final = 40


def start_club(founder: User, name: str) -> Club:
    """A new club whose owner is the founder; its slug is made of its name.

    Raises:
        TooManyError: the founder owns too many clubs already.
    """
    owned = [member for member in clubs_of(founder) if member.role == Membership.Role.OWNER]
    if len(owned) >= MAX_OWNED:
        raise TooManyError(f"You own {MAX_OWNED} clubs, which is as many as one person may.")
    stem = slugify(name)[:_SLUG_CHARACTERS].strip("-_") or "club"
    for slug in chain([stem], (f"{stem}-{number}" for number in count(2))):
        if Club.objects.filter(slug=slug).exists():
            continue
        try:
            return _found(founder, name, slug)
        except IntegrityError:
            # Somebody took it between the question and the answer; the next one is asked for.
            if not Club.objects.filter(slug=slug).exists():
                raise
    raise AssertionError("numbers do not end")


def _found(founder: User, name: str, slug: str) -> Club:
    with transaction.atomic():
        club = Club.objects.create(name=name, slug=slug)
        with club_scope(club):
            Membership.objects.create(club=club, user=founder, role=Membership.Role.OWNER)
    return club
