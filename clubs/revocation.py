"""Ending what is open: sockets and streams that their person may no longer have.

What was opened holds a :class:`Permit`. It joins the permit's groups and asks
:func:`require_permit` whenever ``access.changed`` rings there, and from time to time besides: a
ring may be lost, and what changes rows in bulk does not ring. The rows say what has changed; the
ring says nothing but "look again".
"""

from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils.crypto import constant_time_compare
from django_scopes import scopes_disabled

from clubs.access import SUSPENDED
from clubs.models import Club, Membership, User
from clubs.permissions import Action, require
from speechcoach.errors import ForbiddenError, SignedOutError
from speechcoach.groups import tell

# Consumers name their handler for it ``access_changed``.
RING = "access.changed"


@dataclass(frozen=True, slots=True)
class Permit:
    """On what grounds something is open: who, in which club, to do what, signed in by what.

    ``session_key`` is the sign-in's; None where none was needed.
    """

    user_id: int
    club_id: int
    action: Action
    session_key: str | None = field(default=None, repr=False)

    @property
    def groups(self) -> tuple[str, str]:
        """Where ``access.changed`` rings for this permit."""
        return user_group(self.user_id), club_group(self.club_id)


def user_group(user_id: int | str) -> str:
    """The channel group of everything that a person has open, in all clubs."""
    return f"user.{user_id}.access"


def club_group(club_id: int) -> str:
    """The channel group of everything that is open in a club."""
    return f"club.{club_id}.access"


def require_permit(permit: Permit) -> Membership:
    """The membership behind a permit that still holds, with ``.club`` and ``.user`` loaded.

    Raises:
        SignedOutError: the sign-in has ended, or the account.
        ForbiddenError: the club, the membership or the role that it takes is no more.
    """
    user = User.objects.filter(pk=permit.user_id, is_active=True).first()
    if user is None or not _is_signed_in(user, permit.session_key):
        raise SignedOutError("You have been signed out.")
    # It names its club, and may be asked where none is in force.
    with scopes_disabled():
        membership = (
            Membership.objects.select_related("club")
            .filter(club_id=permit.club_id, user=user)
            .first()
        )
    if membership is None:
        raise ForbiddenError("You do not belong to this club any more.")
    if membership.club.suspended_at is not None:
        raise ForbiddenError(SUSPENDED)
    require(membership, permit.action)
    membership.user = user
    return membership


def _is_signed_in(user: User, session_key: str | None) -> bool:
    """Whether the session is there, the user's, and not older than their password.

    ``django.contrib.auth.get_user`` asks the same, and may change the session's key meanwhile,
    which only a response can tell the browser.
    """
    if session_key is None:
        return True
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key=session_key)
    if session.get(SESSION_KEY) != str(user.pk):
        return False
    known = session.get(HASH_SESSION_KEY, "")
    valid = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(known, each) for each in valid)


def ring(group: str) -> None:
    """Have everything in the group look again, once what was changed is committed."""
    transaction.on_commit(partial(tell, group, RING))


@receiver(post_delete, sender=Session)
def _session_ended(instance: Session, **kwargs: Any) -> None:
    # Signed out, or its key changed with the password.
    user_id = instance.get_decoded().get(SESSION_KEY)
    if user_id is not None:
        ring(user_group(user_id))


@receiver([post_save, post_delete], sender=User)
def _user_changed(instance: User, *, created: bool = False, **kwargs: Any) -> None:
    if not created:
        ring(user_group(instance.pk))


@receiver([post_save, post_delete], sender=Membership)
def _membership_changed(instance: Membership, *, created: bool = False, **kwargs: Any) -> None:
    if not created:
        ring(user_group(instance.user_id))


@receiver([post_save, post_delete], sender=Club)
def _club_changed(instance: Club, *, created: bool = False, **kwargs: Any) -> None:
    if not created:
        ring(club_group(instance.pk))
