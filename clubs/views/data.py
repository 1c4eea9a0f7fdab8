"""A person's own data: what there is, all of it to take along, and none of it any more."""

from collections.abc import Callable
from typing import cast

from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clubs.access import require_user
from clubs.erasure import clubs_with_data, erase_account, owned_alone
from clubs.export import export_person, held_data
from clubs.models import User

View = Callable[[HttpRequest], HttpResponse]


def _confirmed(view: View) -> View:
    """Asks for the password once more, unless that was minutes ago."""
    return cast("View", reauthentication_required(view))


@never_cache
@require_safe
def your_data(request: HttpRequest) -> HttpResponse:
    """What is held of oneself, and what can be done about it."""
    user = require_user(request.user)
    context = {"held": held_data(user), "clubs": clubs_with_data(user)}
    return render(request, "account/data.html", context)


@never_cache
@require_POST
def export_data(request: HttpRequest) -> HttpResponse:
    """Everything in one ZIP file; the password is asked for again where it was long ago."""
    require_user(request.user)
    return _export(request)


@_confirmed
def _export(request: HttpRequest) -> HttpResponse:
    name = f"speechcoach-{timezone.now():%Y-%m-%d}.zip"
    return HttpResponse(
        export_person(cast("User", request.user)),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase_data(request: HttpRequest) -> HttpResponse:
    """Ask once more, and erase the person: at once, from every club, the account included."""
    require_user(request.user)
    return _erase(request)


@_confirmed
def _erase(request: HttpRequest) -> HttpResponse:
    user = cast("User", request.user)
    alone = owned_alone(user)
    confirmed = request.method == "POST" and request.POST.get("confirm") == "erase"
    if alone or not confirmed:
        missed = request.method == "POST" and not confirmed
        context = {"clubs": clubs_with_data(user), "alone": alone, "missed": missed}
        status = 400 if request.method == "POST" else 200
        return render(request, "account/data_erase.html", context, status=status)
    receipts = erase_account(user, by=user)
    logout(request)
    return render(request, "account/data_erased.html", {"receipts": receipts})
