"""The only way from a name in a URL or a message to a club."""

from django.contrib.auth.models import AnonymousUser
from django_scopes import scopes_disabled

from clubs.models import Club, Invitation, Membership, User
from speechcoach.errors import ForbiddenError, NotFoundError, SignedOutError

# One sentence for what is not there and for what you may not know of.
NOT_FOUND = "There is nothing at this address."
SUSPENDED = "This club is suspended. Nothing in it is erased; ask whoever runs this server."


def require_user(user: User | AnonymousUser) -> User:
    """The signed-in user. Raises :class:`SignedOutError` where there is none."""
    if not user.is_authenticated:
        raise SignedOutError("Sign in to see this page.")
    return user


def access_club(user: User | AnonymousUser, slug: str) -> Membership:
    """The user's membership of the club named ``slug``, with ``.club`` loaded, in one query.

    Raises:
        SignedOutError: nobody is signed in.
        NotFoundError: no such club, or the user does not belong to it; nothing tells which.
        ForbiddenError: the user belongs to it, and the club is suspended.
    """
    user = require_user(user)
    # This query crosses clubs: it asks whether there is a club to enter the scope of.
    with scopes_disabled():
        membership = (
            Membership.objects.select_related("club").filter(club__slug=slug, user=user).first()
        )
    if membership is None:
        raise NotFoundError(NOT_FOUND)
    if membership.club.suspended_at is not None:
        raise ForbiddenError(SUSPENDED)
    # The user at hand, so that nobody queries it again.
    membership.user = user
    return membership


def clubs_of(user: User | AnonymousUser) -> list[Membership]:
    """The user's memberships by club name, with ``.club`` loaded; none when signed out."""
    if not user.is_authenticated:
        return []
    # The other query that crosses clubs: it is about the user, not about any one of them.
    with scopes_disabled():
        return list(
            Membership.objects.select_related("club").filter(user=user).order_by("club__name")
        )


def access_member(club: Club, member_id: int) -> Membership:
    """The membership of ``club`` with this id, with ``.user`` loaded.

    Raises:
        NotFoundError: there is none, or it is another club's.
    """
    member = Membership.objects.select_related("user").filter(club=club, pk=member_id).first()
    if member is None:
        raise NotFoundError(NOT_FOUND)
    return member


def access_invitation(club: Club, invitation_id: int) -> Invitation:
    """The invitation to ``club`` with this id, open or not.

    Raises:
        NotFoundError: there is none, or it is another club's.
    """
    invitation = Invitation.objects.filter(club=club, pk=invitation_id).first()
    if invitation is None:
        raise NotFoundError(NOT_FOUND)
    return invitation
