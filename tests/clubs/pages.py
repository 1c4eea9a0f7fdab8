"""Addresses for the middleware's tests: every kind of view under a club, and refusals beside it."""

from asgiref.sync import sync_to_async
from django.http import Http404, JsonResponse
from django.template.response import SimpleTemplateResponse
from django.urls import include, path
from django_scopes import get_scope

from clubs.models import Membership
from speechcoach.errors import BadRequestError, ForbiddenError, NotFoundError, SignedOutError

REFUSALS = {
    "not_found": NotFoundError("There is nothing at this address."),
    "forbidden": ForbiddenError("Your role may not do this."),
    "bad_request": BadRequestError("The form is not complete."),
    "signed_out": SignedOutError("Sign in."),
    "missing_row": Http404("No Membership matches the given query."),
}


def _report(request) -> dict[str, object]:
    return {
        "scope": get_scope()["club"].slug,
        "club": request.club.slug,
        "role": request.membership.role,
        "members": Membership.objects.count(),
    }


def plain(request, club_slug):
    return JsonResponse(_report(request))


def one_person(request, club_slug, person):
    return JsonResponse({"person": person})


async def asynchronous(request, club_slug):
    return JsonResponse(await sync_to_async(_report)(request))


def lazy(request, club_slug):
    """A response whose template is rendered after the view has returned."""

    class Lazy(SimpleTemplateResponse):
        @property
        def rendered_content(self) -> str:
            return str(Membership.objects.count())

    return Lazy("unused.html")


def broken(request, club_slug):
    raise ZeroDivisionError


async def broken_asynchronously(request, club_slug):
    raise ZeroDivisionError


def outside(request):
    return JsonResponse({"scope": bool(get_scope())})


def refusing(request, name):
    raise REFUSALS[name]


async def refusing_asynchronously(request, name):
    raise REFUSALS[name]


urlpatterns = [
    path("clubs/<slug:club_slug>/", plain, name="club"),
    path("clubs/<slug:club_slug>/asynchronous/", asynchronous),
    path("clubs/<slug:club_slug>/lazy/", lazy),
    path("clubs/<slug:club_slug>/broken/", broken),
    path("clubs/<slug:club_slug>/broken_asynchronously/", broken_asynchronously),
    path("clubs/<slug:club_slug>/sessions/", plain, name="sessions"),
    path("clubs/<slug:club_slug>/meetings/", plain, name="meetings"),
    path("clubs/<slug:club_slug>/people/<int:person>/", one_person, name="person"),
    path("clubs/<slug:club_slug>/engines/", plain, name="engines"),
    path("outside/", outside),
    path("refusing/<name>/", refusing),
    path("refusing_asynchronously/<name>/", refusing_asynchronously),
    path("api/refusing/<name>/", refusing),
    path("accounts/", include("allauth.urls")),
    path("", include("clubs.urls")),
]
