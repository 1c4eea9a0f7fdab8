"""The page that tells a club's officers which engines serve it, and which are left alone."""

from datetime import UTC, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clubs.http import ClubRequest
from clubs.permissions import Action, require


@require_safe
def engines(request: ClubRequest, club_slug: str) -> HttpResponse:
    """Configuration and breakers; never a key."""
    # Engines load when needed.
    from speechcoach.coach_engines import conversations  # noqa: PLC0415
    from speechcoach.engine_report import engine_report  # noqa: PLC0415

    require(request.membership, Action.MANAGE_ENGINES)
    report = engine_report(datetime.now(tz=UTC).date(), request.club)
    return render(
        request,
        "clubs/engines.html",
        {
            "club": request.club,
            "membership": request.membership,
            "report": report,
            "coach_errors": conversations().errors(request.club.pk),
        },
    )
