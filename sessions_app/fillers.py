"""The page on which a club and its members say what they count as fillers besides."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from clubs.http import ClubRequest
from clubs.models import User
from clubs.permissions import Action, allows, require
from evaluations import own_fillers
from speechcoach.errors import BadRequestError


@require_safe
def fillers(request: ClubRequest, club_slug: str) -> HttpResponse:
    """What counts besides: for everybody in the club, and for oneself."""
    require(request.membership, Action.SET_OWN_FILLERS)
    return _page(request)


@require_POST
def add(request: ClubRequest, club_slug: str) -> HttpResponse:
    """Count a word or phrase as a filler from now on."""
    user, given = _whose(request), request.POST.get("phrase", "")
    try:
        phrase = own_fillers.add_filler(request.club, user, given)
    except BadRequestError as error:
        problem = {"whose": request.POST["whose"], "phrase": given, "sentence": error.sentence}
        return _page(request, problem, status=422)
    messages.success(request, f"“{phrase}” counts as a filler from the next speech on.")
    return redirect("fillers", request.club.slug)


@require_POST
def remove(request: ClubRequest, club_slug: str) -> HttpResponse:
    """Count it no more."""
    user, asked = _whose(request), request.POST.get("filler", "")
    if asked.isdecimal():
        own_fillers.remove_filler(request.club, user, int(asked))
    return redirect("fillers", request.club.slug)


def _whose(request: ClubRequest) -> User | None:
    """Whose fillers are to change; None are the club's.

    Raises:
        ForbiddenError: the member's role may not change these.
        BadRequestError: it does not say whose.
    """
    match request.POST.get("whose"):
        case "own":
            require(request.membership, Action.SET_OWN_FILLERS)
            return request.membership.user
        case "club":
            require(request.membership, Action.SET_CLUB_FILLERS)
            return None
    raise BadRequestError("Say whose fillers these are: whose must be “own” or “club”.")


def _page(
    request: ClubRequest, problem: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    lists = [
        {
            "whose": "own",
            "title": "Yours",
            "lead": "They count whenever you speak in this club. Only you see them.",
            "fillers": own_fillers.listed(request.club, request.membership.user),
            "may_change": True,
        },
        {
            "whose": "club",
            "title": f"Of {request.club.name}",
            "lead": "They count for everybody who speaks in this club, guests too.",
            "fillers": own_fillers.listed(request.club, None),
            "may_change": allows(request.membership.role, Action.SET_CLUB_FILLERS),
        },
    ]
    context = {"club": request.club, "lists": lists, "problem": problem, "most": own_fillers.MOST}
    return render(request, "clubs/fillers.html", context, status=status)
