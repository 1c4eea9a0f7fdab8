"""A club's first page: what comes, what goes on, what was."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clubs.http import ClubRequest
from clubs.models import Membership, User
from clubs.permissions import Action, allows, require
from sessions_app.listing import finished_speeches, live_speeches
from sessions_app.meetings.agenda import slots_of
from sessions_app.meetings.views import coming

RECENT = 6
FACES = 8


@dataclass(frozen=True, slots=True)
class Face:
    """A person as two letters, until there are pictures."""

    user: User

    @property
    def initials(self) -> str:
        words = self.user.name.split()
        return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper() if words else "?"


@require_safe
def dashboard(request: ClubRequest, club_slug: str) -> HttpResponse:
    """The next meeting, the speeches of now and the latest ones, the people."""
    require(request.membership, Action.VIEW_CLUB)
    role = request.membership.role
    members = Membership.objects.filter(club=request.club)
    meeting = coming(request.club, timezone.now()).first()
    faces = members.select_related("user").order_by("joined_at", "pk")[:FACES]
    return render(
        request,
        "clubs/dashboard.html",
        {
            "club": request.club,
            "membership": request.membership,
            "meeting": meeting,
            "agenda": slots_of(meeting) if meeting else [],
            "live": live_speeches(request.membership),
            "recent": finished_speeches(request.membership)[:RECENT],
            "faces": [Face(member.user) for member in faces],
            "people_count": members.count(),
            "can_operate": allows(role, Action.OPERATE),
            "can_manage_meetings": allows(role, Action.MANAGE_MEETINGS),
            "can_manage_people": allows(role, Action.MANAGE_PEOPLE),
        },
    )
