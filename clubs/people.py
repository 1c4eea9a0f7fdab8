"""What happens to the people of a club: roles, removal, leaving. The rules are in permissions."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from clubs.access import access_member
from clubs.models import Club, Invitation, Membership
from clubs.permissions import Role, assignable, leaves_an_owner, may_change_role, may_remove
from speechcoach.errors import ForbiddenError

LAST_OWNER = "A club needs an owner: make somebody else an owner first."


def change_role(actor: Membership, member: Membership, role: Role) -> Membership:
    """Give ``member`` another role; returns them as they are now.

    Raises:
        ForbiddenError: the actor may not do so, or the club would be without an owner.
        NotFoundError: the member is gone meanwhile.
    """
    with _as_they_are_now(actor, member) as (by, of):
        if not may_change_role(by.role, of.role, role):
            change = f"{with_article(of.role)} {with_article(role.value)}"
            raise ForbiddenError(f"Your role in this club may not make {change}.")
        _require_an_owner_after(of, role)
        of.role = role
        of.save(update_fields=["role"])
        _withdraw_invitations(of, keep=assignable(role))
    return of


def remove(actor: Membership, member: Membership) -> None:
    """End somebody's membership.

    Raises:
        ForbiddenError: the actor may not do so, or the club would be without an owner.
        NotFoundError: the member is gone meanwhile.
    """
    with _as_they_are_now(actor, member) as (by, of):
        if not may_remove(by.role, of.role):
            raise ForbiddenError(f"Your role in this club may not remove {with_article(of.role)}.")
        _end(of)


def leave(membership: Membership) -> None:
    """End one's own membership.

    Raises:
        ForbiddenError: the club would be without an owner.
    """
    with _as_they_are_now(membership, membership) as (_, of):
        _end(of)


def is_last_owner(member: Membership) -> bool:
    """Whether the club would be without an owner if this one left it."""
    owners = Membership.objects.filter(club=member.club_id, role=Role.OWNER).count()
    return not leaves_an_owner(owners, member.role, None)


@contextmanager
def _as_they_are_now(
    actor: Membership, member: Membership
) -> Iterator[tuple[Membership, Membership]]:
    """Both as the rows say, while nobody else changes the people of the club."""
    club = actor.club
    with transaction.atomic():
        # Two owners who demote each other at the same moment must not both succeed.
        Club.objects.select_for_update().get(pk=club.pk)
        yield access_member(club, actor.pk), access_member(club, member.pk)


def _end(member: Membership) -> None:
    _require_an_owner_after(member, None)
    _withdraw_invitations(member, keep=())
    member.delete()


def _require_an_owner_after(member: Membership, role: Role | None) -> None:
    owners = Membership.objects.filter(club=member.club_id, role=Role.OWNER).count()
    if not leaves_an_owner(owners, member.role, role):
        raise ForbiddenError(LAST_OWNER)


def _withdraw_invitations(member: Membership, keep: tuple[Role, ...]) -> None:
    """What somebody may no longer give, their earlier invitations may not give either."""
    given = Invitation.objects.filter(club=member.club_id, created_by=member.user_id)
    given.open().exclude(role__in=keep).update(revoked_at=timezone.now())


def with_article(role: str) -> str:
    """A role as it stands in a sentence: "a member", "an owner"."""
    return f"{'a' if role == Role.MEMBER else 'an'} {role}"
