"""Who belongs to a club: the list, roles, removal, leaving."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clubs import people as affairs
from clubs.access import access_member
from clubs.forms import InvitationForm, RoleForm
from clubs.http import ClubRequest
from clubs.models import Invitation, Membership
from clubs.permissions import Action, Role, allows, assignable, may_remove, require
from speechcoach.errors import ForbiddenError


@require_safe
def people(request: ClubRequest, club_slug: str) -> HttpResponse:
    """Who belongs to the club, those with the most to say first."""
    require(request.membership, Action.VIEW_PEOPLE)
    return render(request, "clubs/people.html", people_context(request))


def people_context(
    request: ClubRequest, invitation_form: InvitationForm | None = None
) -> dict[str, object]:
    """What the page of people shows, to those who manage them and to the others."""
    me = request.membership
    rank = {role: place for place, role in enumerate(Role.values)}
    members = sorted(
        Membership.objects.select_related("user"),
        key=lambda member: (rank[member.role], member.user.get_full_name().casefold()),
    )
    context = {
        "club": request.club,
        "membership": me,
        "members": members,
        # An address is for those who write to people, not for everyone who shares a club.
        "manages": allows(me.role, Action.MANAGE_PEOPLE),
    }
    if not context["manages"]:
        return context
    return {
        **context,
        "manageable": {member.pk for member in members if may_remove(me.role, member.role)},
        "invitations": Invitation.objects.select_related("created_by").open(),
        "givable": set(assignable(me.role)),
        "invitation_form": invitation_form or InvitationForm(me.role),
    }


@require_safe
def member(request: ClubRequest, club_slug: str, member_id: int) -> HttpResponse:
    """One person in the club, for whoever may change their role or remove them."""
    chosen = _manageable(request, member_id)
    context = {
        "club": request.club,
        "member": chosen,
        "form": RoleForm(request.membership.role, initial={"role": chosen.role}),
    }
    return render(request, "clubs/people/member.html", context)


@require_POST
def change_role(request: ClubRequest, club_slug: str, member_id: int) -> HttpResponse:
    """Give somebody another role."""
    chosen = _manageable(request, member_id)
    form = RoleForm(request.membership.role, request.POST)
    if not form.is_valid():
        raise ForbiddenError("Your role in this club may not give that role.")
    changed = affairs.change_role(request.membership, chosen, Role(form.cleaned_data["role"]))
    name = changed.user.get_full_name()
    messages.success(request, f"{name} is now {affairs.with_article(changed.role)}.")
    return redirect("people", request.club.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: ClubRequest, club_slug: str, member_id: int) -> HttpResponse:
    """Ask whether somebody shall be removed, and do it."""
    chosen = _manageable(request, member_id)
    if request.method == "POST":
        affairs.remove(request.membership, chosen)
        if chosen.user_id == request.user.pk:
            return _left(request)
        messages.success(
            request,
            f"{chosen.user.get_full_name()} does not belong to {request.club.name} any more.",
        )
        return redirect("people", request.club.slug)
    return render(request, "clubs/people/remove.html", {"club": request.club, "member": chosen})


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: ClubRequest, club_slug: str) -> HttpResponse:
    """Ask whether to leave the club, and do it."""
    require(request.membership, Action.VIEW_CLUB)
    if request.method == "POST":
        affairs.leave(request.membership)
        return _left(request)
    context = {
        "club": request.club,
        "membership": request.membership,
        "must_stay": affairs.is_last_owner(request.membership),
    }
    return render(request, "clubs/people/leave.html", context)


def _left(request: ClubRequest) -> HttpResponse:
    messages.success(request, f"You have left {request.club.name}.")
    return redirect("home")


def _manageable(request: ClubRequest, member_id: int) -> Membership:
    """The person the address names, if one's role may change theirs or remove them."""
    require(request.membership, Action.MANAGE_PEOPLE)
    chosen = access_member(request.club, member_id)
    if not may_remove(request.membership.role, chosen.role):
        who = affairs.with_article(chosen.role)
        raise ForbiddenError(f"Your role in this club may not change or remove {who}.")
    return chosen
