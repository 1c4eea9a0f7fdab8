"""Pages about meetings."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clubs.http import ClubRequest
from clubs.models import Club
from clubs.permissions import Action, allows, require
from sessions_app.meetings.access import access_meeting
from sessions_app.meetings.agenda import slots_of
from sessions_app.meetings.forms import MeetingForm
from sessions_app.models import Meeting
from sessions_app.models.meeting import LASTS
from sessions_app.visibility import visible_speeches

PER_PAGE = 20
# More than a club plans ahead; whatever is beyond comes nearer.
MOST_COMING = 50


def coming(club: Club, now: datetime) -> QuerySet[Meeting]:
    """Meetings that are not over, the next one first."""
    # Said outright: the order of the model is lost where its places are counted.
    return Meeting.objects.filter(club=club, starts_at__gt=now - LASTS).order_by("starts_at", "pk")


@require_safe
def meetings(request: ClubRequest, club_slug: str) -> HttpResponse:
    """The club's meetings: those to come, and past ones, the latest first."""
    require(request.membership, Action.VIEW_CLUB)
    now = timezone.now()
    counted = Count("slots")
    past = Meeting.objects.filter(club=request.club, starts_at__lte=now - LASTS)
    pages = Paginator(past.annotate(places=counted).order_by("-starts_at", "-id"), PER_PAGE)
    return render(
        request,
        "clubs/meetings/list.html",
        {
            "club": request.club,
            "coming": coming(request.club, now).annotate(places=counted)[:MOST_COMING],
            "page": pages.get_page(request.GET.get("page")),
            "can_manage": allows(request.membership.role, Action.MANAGE_MEETINGS),
        },
    )


@require_safe
def meeting(request: ClubRequest, club_slug: str, meeting_id: int) -> HttpResponse:
    """A meeting and its agenda."""
    require(request.membership, Action.VIEW_CLUB)
    found = access_meeting(request.club, meeting_id)
    role = request.membership.role
    agenda = list(slots_of(found))
    started = [slot.speech_id for slot in agenda if slot.speech_id]
    seen = visible_speeches(request.membership).filter(pk__in=started)
    return render(
        request,
        "clubs/meetings/detail.html",
        {
            "club": request.club,
            "meeting": found,
            "agenda": agenda,
            # One primary button to a page: whoever speaks next.
            "up_next": next((slot.pk for slot in agenda if not slot.speech_id), None),
            "visible": set(seen.values_list("pk", flat=True)),
            "is_over": found.starts_at <= timezone.now() - LASTS,
            "can_manage": allows(role, Action.MANAGE_MEETINGS),
            "can_operate": allows(role, Action.OPERATE),
            "can_take": allows(role, Action.TAKE_SLOT),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new_meeting(request: ClubRequest, club_slug: str) -> HttpResponse:
    """Plan a meeting."""
    require(request.membership, Action.MANAGE_MEETINGS)
    return _edit(request, Meeting(club=request.club, **_like_the_last(request.club)))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_meeting(request: ClubRequest, club_slug: str, meeting_id: int) -> HttpResponse:
    """Change when, where and about what a meeting is."""
    require(request.membership, Action.MANAGE_MEETINGS)
    return _edit(request, access_meeting(request.club, meeting_id))


@require_POST
def remove_meeting(request: ClubRequest, club_slug: str, meeting_id: int) -> HttpResponse:
    """Remove a meeting with its agenda; the speeches given in it stay."""
    require(request.membership, Action.MANAGE_MEETINGS)
    found = access_meeting(request.club, meeting_id)
    found.delete()
    messages.success(request, f"The meeting “{found.title}” has been removed.")
    return redirect("meetings", request.club.slug)


def _edit(request: ClubRequest, changed: Meeting) -> HttpResponse:
    form = MeetingForm(request.POST or None, instance=changed)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        return redirect("meeting", request.club.slug, saved.pk)
    context = {"club": request.club, "form": form, "meeting": changed if changed.pk else None}
    return render(request, "clubs/meetings/edit.html", context)


def _like_the_last(club: Club) -> dict[str, object]:
    """Most meetings are a week after the last one, at the same hour and place."""
    last = Meeting.objects.filter(club=club).order_by("-starts_at").first()
    if last is None:
        return {}
    local = last.local_start + timedelta(weeks=1)
    while local < timezone.now():
        local += timedelta(weeks=1)
    return {"time_zone": last.time_zone, "place": last.place, "starts_at": local}
