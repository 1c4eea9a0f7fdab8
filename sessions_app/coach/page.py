"""The page on which a member talks with the coach."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clubs.http import ClubRequest
from clubs.permissions import Action, require
from sessions_app.consent import shown_consent


@never_cache
@require_safe
def coach(request: ClubRequest, club_slug: str) -> HttpResponse:
    """The voice coach; everything else comes over its socket."""
    require(request.membership, Action.PRACTISE)
    return render(
        request,
        "clubs/coach.html",
        {
            "club": request.club,
            "consent_text": shown_consent(request.club).text,
            "demo": settings.DEMO_MODE,
        },
    )
