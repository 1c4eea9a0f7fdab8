"""Inviting people by link, and what the link leads to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from clubs import invitations
from clubs.access import access_invitation, clubs_of, require_user
from clubs.forms import InvitationForm
from clubs.http import ClubRequest
from clubs.models import Invitation
from clubs.people import with_article
from clubs.permissions import Action, require
from clubs.views.people import people_context
from speechcoach.errors import NotFoundError


@never_cache
@require_POST
def invite(request: ClubRequest, club_slug: str) -> HttpResponse:
    """Make an invitation and show its link, this once."""
    require(request.membership, Action.MANAGE_PEOPLE)
    form = InvitationForm(request.membership.role, request.POST)
    if not form.is_valid():
        return render(request, "clubs/people.html", people_context(request, form), status=400)
    made, token = invitations.invite(
        request.membership, form.cleaned_data["role"], form.cleaned_data["email"]
    )
    link = request.build_absolute_uri(reverse("invitation", args=[token]))
    context = {
        "club": request.club,
        "invitation": made,
        "link": link,
        "mailed": bool(made.email) and invitations.send(made, link),
    }
    return render(request, "clubs/people/invitations.html", context)


@require_POST
def revoke(request: ClubRequest, club_slug: str, invitation_id: int) -> HttpResponse:
    """Withdraw an invitation."""
    require(request.membership, Action.MANAGE_PEOPLE)
    withdrawn = invitations.revoke(
        request.membership, access_invitation(request.club, invitation_id)
    )
    if withdrawn:
        messages.success(request, "The invitation is withdrawn: its link leads nowhere any more.")
    else:
        messages.info(request, "The invitation was not open any more.")
    return redirect("people", request.club.slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, invitation_token: str) -> HttpResponse:
    """Where the link leads: which club it is, and the way into it."""
    try:
        found = invitations.access_invitation_by_token(invitation_token)
        if request.method == "POST":
            return _join(request, found)
    except NotFoundError:
        # Not the 404 of all addresses: whoever has a link needs to hear what may have become of it.
        return render(request, "clubs/invitation_gone.html", status=404)
    context: dict[str, object] = {"invitation": found}
    if request.user.is_authenticated:
        context["is_for_user"] = invitations.is_for(found, request.user)
        context["is_member"] = any(m.club_id == found.club_id for m in clubs_of(request.user))
    return render(request, "clubs/invitation.html", context)


def _join(request: HttpRequest, found: Invitation) -> HttpResponse:
    user = require_user(request.user)
    try:
        membership = invitations.accept(found, user)
    except invitations.AlreadyMemberError as error:
        messages.info(request, error.sentence)
    else:
        welcome = f"Welcome to {found.club.name}. You are {with_article(membership.role)} there."
        messages.success(request, welcome)
    return redirect("club", found.club.slug)
