"""What every template may ask for."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clubs.access import clubs_of


def my_clubs(request: HttpRequest) -> dict[str, object]:
    """``my_clubs``: the user's memberships, queried for only where a template shows them."""
    return {"my_clubs": SimpleLazyObject(lambda: clubs_of(request.user))}
