"""The places on an agenda, and the one click from a place to its live session."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clubs.http import ClubRequest
from clubs.permissions import Action, require
from evaluations.core import projects
from evaluations.roles.timing import PRESETS
from sessions_app.meetings import agenda
from sessions_app.meetings.access import access_meeting, access_slot
from sessions_app.meetings.forms import SlotForm, SlotSpeechForm
from sessions_app.models import AgendaSlot, Meeting
from speechcoach.errors import BadRequestError

PROJECTS = (*(project.name for project in projects.PRESETS), "Table topics")


@require_http_methods(["GET", "HEAD", "POST"])
def new_slot(request: ClubRequest, club_slug: str, meeting_id: int) -> HttpResponse:
    """Add a place to the agenda."""
    require(request.membership, Action.MANAGE_MEETINGS)
    meeting = access_meeting(request.club, meeting_id)
    slot = AgendaSlot(club=request.club, meeting=meeting)
    form = SlotForm(request.POST or None, instance=slot, club=request.club)
    if request.method == "POST" and form.is_valid():
        agenda.append(form.save(commit=False))
        return _back(request, meeting)
    return _form(request, meeting, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_slot(request: ClubRequest, club_slug: str, meeting_id: int, slot_id: int) -> HttpResponse:
    """Change a place on the agenda."""
    require(request.membership, Action.MANAGE_MEETINGS)
    meeting = access_meeting(request.club, meeting_id)
    slot = access_slot(meeting, slot_id)
    form = SlotForm(request.POST or None, instance=slot, club=request.club)
    if request.method == "POST" and form.is_valid():
        # Its order and its speech may have changed meanwhile: only what the form holds is written.
        form.save(commit=False).save(update_fields=list(form.Meta.fields))
        return _back(request, meeting)
    return _form(request, meeting, form, slot)


@require_POST
def remove_slot(
    request: ClubRequest, club_slug: str, meeting_id: int, slot_id: int
) -> HttpResponse:
    """Remove a place from the agenda; a speech started from it stays."""
    require(request.membership, Action.MANAGE_MEETINGS)
    meeting = access_meeting(request.club, meeting_id)
    access_slot(meeting, slot_id).delete()
    return _back(request, meeting)


@require_POST
def move_slot(request: ClubRequest, club_slug: str, meeting_id: int, slot_id: int) -> HttpResponse:
    """Move a place up or down the agenda."""
    require(request.membership, Action.MANAGE_MEETINGS)
    meeting = access_meeting(request.club, meeting_id)
    way = request.POST.get("way")
    slot = access_slot(meeting, slot_id)
    if way not in {"up", "down"}:
        raise BadRequestError("A place moves “up” or “down”.")
    agenda.move(slot, "up" if way == "up" else "down")
    return _back(request, meeting)


@require_POST
def take_slot(request: ClubRequest, club_slug: str, meeting_id: int, slot_id: int) -> HttpResponse:
    """Sign up for a free place."""
    require(request.membership, Action.TAKE_SLOT)
    meeting = access_meeting(request.club, meeting_id)
    if agenda.take(access_slot(meeting, slot_id), request.membership):
        messages.success(request, "The place is yours.")
    else:
        messages.warning(request, "Somebody else has taken that place.")
    return _back(request, meeting)


@require_POST
def release_slot(
    request: ClubRequest, club_slug: str, meeting_id: int, slot_id: int
) -> HttpResponse:
    """Give one's own place back."""
    require(request.membership, Action.TAKE_SLOT)
    meeting = access_meeting(request.club, meeting_id)
    if agenda.release(access_slot(meeting, slot_id), request.user):
        messages.success(request, "The place is free again.")
    else:
        messages.warning(request, "This place is not yours to give back.")
    return _back(request, meeting)


@require_http_methods(["GET", "HEAD", "POST"])
def describe_slot(
    request: ClubRequest, club_slug: str, meeting_id: int, slot_id: int
) -> HttpResponse:
    """Say what one's own speech will be, until its session is started."""
    require(request.membership, Action.TAKE_SLOT)
    meeting = access_meeting(request.club, meeting_id)
    slot = access_slot(meeting, slot_id)
    mine = slot.speaker_id == request.user.pk and slot.speech_id is None
    form = SlotSpeechForm(request.POST or None, instance=slot)
    if mine and not (request.method == "POST" and form.is_valid()):
        context = {
            "club": request.club,
            "meeting": meeting,
            "form": form,
            "projects": PROJECTS,
            "project_presets": projects.PRESETS,
        }
        return render(request, "clubs/meetings/speech.html", context)
    if mine and agenda.describe(slot, request.user, **form.cleaned_data):
        messages.success(request, "The agenda says so now.")
    else:
        messages.warning(request, "Only the speaker says so, until the session is started.")
    return _back(request, meeting)


@require_POST
def start_slot(request: ClubRequest, club_slug: str, meeting_id: int, slot_id: int) -> HttpResponse:
    """Open the live session of a place, with everything filled in that the agenda says."""
    require(request.membership, Action.OPERATE)
    meeting = access_meeting(request.club, meeting_id)
    speech = agenda.start(access_slot(meeting, slot_id), request.user)
    return redirect("live", request.club.slug, speech.pk)


def _form(
    request: ClubRequest, meeting: Meeting, form: SlotForm, slot: AgendaSlot | None
) -> HttpResponse:
    context = {
        "club": request.club,
        "meeting": meeting,
        "slot": slot,
        "form": form,
        "projects": PROJECTS,
        "presets": PRESETS,
        "project_presets": projects.PRESETS,
    }
    return render(request, "clubs/meetings/slot.html", context)


def _back(request: ClubRequest, meeting: Meeting) -> HttpResponse:
    return redirect("meeting", request.club.slug, meeting.pk)
