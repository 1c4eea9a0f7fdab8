"""Calls that scripts and pages make about sessions."""

from typing import Annotated, Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from pydantic import BaseModel, Field, ValidationError

from clubs import demo
from clubs.access import NOT_FOUND, access_club
from clubs.permissions import require
from clubs.scoping import club_scope
from sessions_app.access import access_operable
from sessions_app.live import tickets
from sessions_app.live.tickets import ACTIONS, Purpose, Ticket
from speechcoach.errors import BadRequestError, ForbiddenError, NotFoundError, TooManyError

DEMO_TICKETS_A_MINUTE: Final = 12
"""From one address, and ten times that from all."""


class TokenRequest(BaseModel):
    purpose: Purpose
    club: Annotated[str, Field(max_length=100)]
    speech: Annotated[str, Field(max_length=36)] | None = None


@never_cache
@require_http_methods(["GET", "POST"])
def voice_token(request: HttpRequest) -> HttpResponseBase:
    """A ticket for one socket: single use, a minute to live."""
    return _demo_ticket(request) if request.method == "GET" else _own_ticket(request)


def _own_ticket(request: HttpRequest) -> JsonResponse:
    try:
        asked = TokenRequest.model_validate_json(request.body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        raise BadRequestError(f"`{field}`: {first['msg']}.") from None
    try:
        membership = access_club(request.user, asked.club)
    except NotFoundError:
        # The contract's answer; it is the same for a club that does not exist.
        raise ForbiddenError("You may not run sessions in this club.") from None
    require(membership, ACTIONS[asked.purpose])
    speech_id = None
    if asked.speech is not None and asked.purpose == "session":
        with club_scope(membership.club):
            speech_id = str(access_operable(membership, asked.speech).pk)
    ticket = Ticket(
        user_id=membership.user_id,
        club_id=membership.club_id,
        purpose=asked.purpose,
        speech_id=speech_id,
        session_key=request.session.session_key,
    )
    return _issued(ticket)


def _demo_ticket(request: HttpRequest) -> JsonResponse:
    """For a visitor of the demo club's coach, who needs no account.

    Raises:
        NotFoundError: there is no demo here.
        TooManyError: somebody, or everybody, asks too often.
    """
    member = demo.visitor() if settings.DEMO_MODE and request.GET.get("demo") == "true" else None
    if member is None:
        raise NotFoundError(NOT_FOUND)
    address = request.META.get("REMOTE_ADDR", "")
    if not (
        _within_limit(f"demo.tickets.{address}", DEMO_TICKETS_A_MINUTE)
        and _within_limit("demo.tickets", 10 * DEMO_TICKETS_A_MINUTE)
    ):
        raise TooManyError("Too many demos were asked for. Wait a minute, or sign in.")
    user_id, club_id = member
    return _issued(Ticket(user_id=user_id, club_id=club_id, purpose="realtime", demo=True))


def _within_limit(key: str, most: int) -> bool:
    """Count one more within this minute; whether there may be so many."""
    cache.add(key, 0, 60)
    try:
        return cache.incr(key) <= most
    except ValueError:
        # The minute ended in between.
        return True


def _issued(ticket: Ticket) -> JsonResponse:
    token = tickets.issue(ticket)
    return JsonResponse({"token": token, "expiresIn": tickets.LIFETIME_SECONDS})
