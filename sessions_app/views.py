"""Pages about sessions: their list, a new one, and the operator's."""

import uuid

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clubs.http import ClubRequest
from clubs.permissions import Action, allows, require
from evaluations.core.projects import PRESETS
from evaluations.core.styles import DEFINITIONS
from evaluations.roles.registry import ROLES
from sessions_app.access import access_operable
from sessions_app.consent import shown_consent
from sessions_app.core.audio import MAX_SPEECH_SECONDS
from sessions_app.listing import finished_speeches
from sessions_app.models import Speech
from sessions_app.watching import chart_urls

PER_PAGE = 25


@require_safe
def sessions(request: ClubRequest, club_slug: str) -> HttpResponse:
    """Every saved speech of the club, newest first."""
    require(request.membership, Action.VIEW_SPEECH)
    pages = Paginator(finished_speeches(request.membership), PER_PAGE)
    return render(
        request,
        "clubs/sessions/list.html",
        {
            "club": request.club,
            "page": pages.get_page(request.GET.get("page")),
            "can_operate": allows(request.membership.role, Action.OPERATE),
            "can_upload": allows(request.membership.role, Action.UPLOAD),
        },
    )


@require_POST
def new_session(request: ClubRequest, club_slug: str) -> HttpResponse:
    """Open a speech and go to its live page."""
    require(request.membership, Action.OPERATE)
    speech = Speech.objects.create(club=request.club, operator=request.user)
    return redirect("live", request.club.slug, speech.pk)


@never_cache
@require_safe
def live(request: ClubRequest, club_slug: str, speech_id: uuid.UUID) -> HttpResponse:
    """The operator's page of a running session."""
    require(request.membership, Action.OPERATE)
    return render(
        request,
        "clubs/sessions/live.html",
        {
            "club": request.club,
            "speech": access_operable(request.membership, speech_id),
            "consent_text": shown_consent(request.club).text,
            "styles": list(DEFINITIONS.values()),
            "roles": ROLES,
            "project_presets": PRESETS,
            "demo": settings.DEMO_MODE,
            "longest": MAX_SPEECH_SECONDS,
            **chart_urls(speech_id),
        },
    )
