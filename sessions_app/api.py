"""Calls that scripts and pages make about sessions."""

from typing import Annotated, Literal

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from pydantic import BaseModel, Field, ValidationError

from clubs.access import access_club
from clubs.permissions import Action, require
from clubs.scoping import club_scope
from sessions_app.access import access_operable
from sessions_app.live import tickets
from sessions_app.live.tickets import Ticket
from speechcoach.errors import BadRequestError, ForbiddenError, NotFoundError


class TokenRequest(BaseModel):
    purpose: Literal["session"]
    club: Annotated[str, Field(max_length=100)]
    speech: Annotated[str, Field(max_length=36)] | None = None


@never_cache
@require_POST
def voice_token(request: HttpRequest) -> JsonResponse:
    """A ticket for one socket: single use, a minute to live."""
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
    require(membership, Action.OPERATE)
    speech_id = None
    if asked.speech is not None:
        with club_scope(membership.club):
            speech_id = str(access_operable(membership, asked.speech).pk)
    ticket = Ticket(
        user_id=membership.user_id,
        club_id=membership.club_id,
        purpose=asked.purpose,
        speech_id=speech_id,
        session_key=request.session.session_key,
    )
    token = tickets.issue(ticket)
    return JsonResponse({"token": token, "expiresIn": tickets.LIFETIME_SECONDS})
