"""The only ways from a speech's id to a speech."""

import contextlib
import uuid

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from clubs.access import NOT_FOUND, SUSPENDED, clubs_of, require_user
from clubs.models import Club, Membership, User
from clubs.permissions import Action, require
from clubs.scoping import club_scope
from sessions_app.models import Speech
from sessions_app.visibility import visible_speeches
from speechcoach.errors import ForbiddenError, NotFoundError


def access_speech(membership: Membership, speech_id: str | uuid.UUID) -> Speech:
    """The speech with this id, for a member who may see it.

    Raises:
        NotFoundError: there is none, it is another club's, it is not shown to this member, or this
            is no id; nothing tells which.
    """
    return _find(visible_speeches(membership), speech_id)


def find_speech(user: User | AnonymousUser, speech_id: str) -> tuple[Membership, Speech]:
    """The speech with this id in whichever club of the user's, and the user's membership there.

    For addresses that name no club.

    Raises:
        SignedOutError: nobody is signed in.
        NotFoundError: as :func:`access_speech`, in every one of their clubs.
        ForbiddenError: it is there, and the club is suspended.
    """
    for membership in clubs_of(require_user(user)):
        with club_scope(membership.club), contextlib.suppress(NotFoundError):
            speech = access_speech(membership, speech_id)
            if membership.club.suspended_at is not None:
                raise ForbiddenError(SUSPENDED)
            return membership, speech
    raise NotFoundError(NOT_FOUND)


def access_operable(membership: Membership, speech_id: str | uuid.UUID) -> Speech:
    """The speech with this id, for a member who runs its session: one they see, or started.

    Raises:
        ForbiddenError: the member's role runs no sessions.
        NotFoundError: as :func:`access_speech`.
    """
    require(membership, Action.OPERATE)
    started = Speech.objects.filter(club=membership.club_id, operator=membership.user_id)
    return _find(visible_speeches(membership) | started, speech_id)


def speech_of(club: Club, speech_id: str | uuid.UUID) -> Speech:
    """The speech of ``club`` with this id, for work that is nobody's request: a running session's.

    Raises:
        NotFoundError: there is none, it is another club's, or this is no id.
    """
    return _find(Speech.objects.filter(club=club), speech_id)


def _find(speeches: QuerySet[Speech], speech_id: str | uuid.UUID) -> Speech:
    try:
        speech = speeches.filter(pk=uuid.UUID(str(speech_id))).first()
    except ValueError:
        speech = None
    if speech is None:
        raise NotFoundError(NOT_FOUND)
    return speech
