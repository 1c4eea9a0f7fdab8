"""What a person sees first: what this is, or their clubs."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clubs import demo
from clubs.access import clubs_of, require_user
from clubs.forms import ClubForm
from clubs.founding import start_club
from clubs.permissions import Action, allows


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, for a visitor; the way to their clubs, for a user."""
    if not request.user.is_authenticated:
        shown = {"people": demo.PEOPLE, "password": demo.PASSWORD} if settings.DEMO_MODE else None
        return render(request, "clubs/landing.html", {"demo": shown})
    memberships = clubs_of(request.user)
    if len(memberships) == 1:
        return redirect("club", memberships[0].club.slug)
    return render(request, "clubs/home.html", {"memberships": memberships, "form": ClubForm()})


@require_http_methods(["GET", "HEAD", "POST"])
def clubs(request: HttpRequest) -> HttpResponse:
    """One's clubs, also where there is only one, and the way to start another."""
    user = require_user(request.user)
    form = ClubForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        club = start_club(user, form.cleaned_data["name"])
        messages.success(request, f"{club.name} is yours. Invite the people who belong to it.")
        return redirect("people", club.slug)
    context = {"memberships": clubs_of(user), "form": form}
    return render(request, "clubs/home.html", context, status=400 if form.errors else 200)


@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """Where a sign-in in a tab of its own ends, beside a page that must not be left."""
    require_user(request.user)
    return render(request, "account/signed_in.html")


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: what can be changed, and where."""
    user = require_user(request.user)
    memberships = clubs_of(user)
    context = {
        "memberships": memberships,
        "manages": any(allows(mine.role, Action.MANAGE_RETENTION) for mine in memberships),
        "has_second_factor": is_mfa_enabled(user),
    }
    return render(request, "account/account.html", context)
