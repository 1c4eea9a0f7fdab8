"""The request as a club's page sees it."""

from django.http import HttpRequest

from clubs.models import Club, Membership, User


class ClubRequest(HttpRequest):
    """A request under a club's address, after :class:`clubs.middleware.ClubMiddleware`."""

    user: User
    club: Club
    membership: Membership
