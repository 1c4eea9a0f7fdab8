"""Inviting people by link: 256 random bits, single use, kept only as a hash."""

import logging
from datetime import timedelta
from typing import Final

from allauth.account.models import EmailAddress
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django_scopes import scopes_disabled

from clubs.models import Invitation, Membership, User
from clubs.permissions import Action, may_invite, require
from clubs.scoping import club_scope
from clubs.tokens import new_token, token_hash
from speechcoach.errors import ForbiddenError, NotFoundError, TooManyError

log = logging.getLogger(__name__)

LIFETIME: Final = timedelta(days=7)
MAX_OPEN: Final = 100

# One sentence for used, withdrawn, expired and never made: a link that was guessed learns nothing.
GONE = "This invitation cannot be used. It may have been used already, withdrawn, or expired."


class ForSomebodyElseError(ForbiddenError):
    """The invitation names an e-mail address that is not the user's."""


class AlreadyMemberError(ForbiddenError):
    """The user belongs to the club; the invitation stays open."""


def invite(actor: Membership, role: str, email: str = "") -> tuple[Invitation, str]:
    """An invitation to the actor's club and the token of its link, which is stored nowhere.

    Raises:
        ForbiddenError: the actor may not invite people as ``role``.
        TooManyError: the club has too many open invitations.
    """
    require(actor, Action.MANAGE_PEOPLE)
    if not may_invite(actor.role, role):
        raise ForbiddenError(f"Your role in this club may not invite people as {role}.")
    if Invitation.objects.filter(club=actor.club).open().count() >= MAX_OPEN:
        raise TooManyError(f"There are {MAX_OPEN} open invitations; withdraw some first.")
    token = new_token()
    invitation = Invitation.objects.create(
        club=actor.club,
        token_hash=token_hash(token),
        email=email.lower(),
        role=role,
        created_by=actor.user,
        expires_at=timezone.now() + LIFETIME,
    )
    return invitation, token


def send(invitation: Invitation, link: str) -> bool:
    """Mail the link to the invitation's address; False when the mail could not be sent."""
    facts = {"invitation": invitation, "link": link}
    subject = render_to_string("clubs/email/invitation_subject.txt", facts)
    try:
        send_mail(
            " ".join(subject.split()),
            render_to_string("clubs/email/invitation_message.txt", facts),
            None,
            [invitation.email],
        )
    except OSError as error:
        # The link is on the screen as well, and can be handed over in another way.
        log.warning("invitation not mailed: %s", type(error).__name__)
        return False
    return True


def access_invitation_by_token(token: str) -> Invitation:
    """The open invitation that a link leads to, with ``.club`` and ``.created_by`` loaded.

    Raises:
        NotFoundError: there is none, or it cannot be used (any more); nothing tells which.
    """
    # This query crosses clubs: the token alone says which club it is.
    with scopes_disabled():
        invitation = (
            Invitation.objects.select_related("club", "created_by")
            .open()
            .filter(token_hash=token_hash(token), club__suspended_at__isnull=True)
            .first()
        )
    if invitation is None:
        raise NotFoundError(GONE)
    return invitation


def accept(invitation: Invitation, user: User) -> Membership:
    """Use an invitation up; returns the new membership.

    Raises:
        NotFoundError: it cannot be used any more.
        ForSomebodyElseError: it is for another address.
        AlreadyMemberError: the user belongs to the club already.
    """
    if not is_for(invitation, user):
        raise ForSomebodyElseError(f"This invitation is for {invitation.email}.")
    with club_scope(invitation.club), transaction.atomic():
        # Of two who use it at the same moment, one changes the row.
        fresh = Invitation.objects.filter(club=invitation.club, pk=invitation.pk).open()
        if fresh.update(used_at=timezone.now(), used_by=user) != 1:
            raise NotFoundError(GONE)
        membership, created = Membership.objects.get_or_create(
            club=invitation.club, user=user, defaults={"role": invitation.role}
        )
        if not created:
            raise AlreadyMemberError(f"You belong to {invitation.club.name} already.")
    return membership


def is_for(invitation: Invitation, user: User) -> bool:
    """Whether the user may use the invitation: it names nobody, or one of their addresses."""
    if invitation.email in {"", user.email.lower()}:
        return True
    proven = EmailAddress.objects.filter(user=user, verified=True)
    found: bool = proven.filter(email__iexact=invitation.email).exists()
    return found


def revoke(actor: Membership, invitation: Invitation) -> bool:
    """Withdraw an invitation; False when it was not open any more.

    Raises:
        ForbiddenError: the actor may not invite people as its role.
    """
    require(actor, Action.MANAGE_PEOPLE)
    if not may_invite(actor.role, invitation.role):
        raise ForbiddenError(f"Your role in this club may not withdraw this {invitation.role}.")
    fresh = Invitation.objects.filter(club=actor.club, pk=invitation.pk).open()
    return fresh.update(revoked_at=timezone.now()) == 1
