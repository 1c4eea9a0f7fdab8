"""Share links: 256 random bits, shown once, kept only as a hash."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, QuerySet
from django_scopes import scopes_disabled

from clubs.access import NOT_FOUND
from clubs.models import Membership
from clubs.tokens import new_token, token_hash
from sessions_app.documents import kept_run
from sessions_app.models import ShareLink, Speech
from sessions_app.visibility import may_decide, relation_to
from speechcoach.errors import BadRequestError, ForbiddenError, NotFoundError, TooManyError

LIFETIMES: Final = (1, 7, 30)
"""Days for which a link may be made."""
USUAL_LIFETIME: Final = 7
MOST_LINKS: Final = 20
"""Links to one speech that may be open at a time."""


def make(membership: Membership, speech: Speech, days: int, now: datetime) -> tuple[ShareLink, str]:
    """A link to what is kept of the speech, and its token, which nothing can give again.

    Raises:
        ForbiddenError: the member neither gave the speech nor is an officer.
        BadRequestError: nothing is kept, or a link cannot last so long.
        TooManyError: the speech has enough links.
    """
    _require_decision(membership, speech)
    if days not in LIFETIMES:
        raise BadRequestError(f"A link lasts {', '.join(map(str, LIFETIMES))} days.")
    run = kept_run(speech)
    if run is None:
        raise BadRequestError("There is nothing to share yet: save the speech first.")
    if active(speech, now).count() >= MOST_LINKS:
        raise TooManyError(f"This speech has {MOST_LINKS} links already. Revoke one of them first.")
    token = new_token()
    link = ShareLink.objects.create(
        club=membership.club,
        speech=speech,
        run=run,
        token_hash=token_hash(token),
        created_by=membership.user,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    return link, token


def active(speech: Speech, now: datetime) -> QuerySet[ShareLink]:
    """The links to the speech that still open something, newest first."""
    return ShareLink.objects.filter(
        club=speech.club_id, speech=speech, revoked_at=None, expires_at__gt=now
    ).select_related("created_by")


def revoke(membership: Membership, speech: Speech, link_id: int, now: datetime) -> None:
    """End a link; ending it twice is ending it once.

    Raises:
        ForbiddenError: the member neither gave the speech nor is an officer.
        NotFoundError: the speech has no such link.
    """
    _require_decision(membership, speech)
    links = ShareLink.objects.filter(club=speech.club_id, speech=speech, pk=link_id)
    if not links.exists():
        raise NotFoundError(NOT_FOUND)
    links.filter(revoked_at=None).update(revoked_at=now)


def opened(token: str, now: datetime) -> ShareLink:
    """The link with this token, with ``.club``, ``.speech`` and ``.run`` loaded.

    Raises:
        NotFoundError: there is none, it has expired or was revoked, or the club is suspended;
            nothing tells which.
    """
    # Whoever comes with a token comes without a club: the link says which one's scope to enter.
    with scopes_disabled():
        link = (
            ShareLink.objects.select_related("club", "speech", "run")
            .filter(
                token_hash=token_hash(token),
                revoked_at=None,
                expires_at__gt=now,
                run__saved_at__isnull=False,
                club__suspended_at__isnull=True,
            )
            .first()
        )
    if link is None:
        raise NotFoundError(NOT_FOUND)
    return link


def count(link: ShareLink, now: datetime) -> None:
    """Note that somebody opened the link. Needs the club's scope."""
    ShareLink.objects.filter(club=link.club_id, pk=link.pk).update(
        opens=F("opens") + 1, last_opened_at=now
    )


def _require_decision(membership: Membership, speech: Speech) -> None:
    if not may_decide(membership.role, relation_to(membership, speech)):
        raise ForbiddenError("Only the speaker and the club's officers may share a speech.")
