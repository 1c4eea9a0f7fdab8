"""Routes with one fault each, for the test of the isolation test."""

import json

from asgiref.sync import sync_to_async
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import include, path
from django_scopes import scopes_disabled

from clubs.access import NOT_FOUND, access_club
from clubs.models import Club
from clubs.scoping import club_scope
from sessions_app.access import access_speech
from sessions_app.models import Speech
from speechcoach.errors import NotFoundError
from tests.cast import canary


def empty(request, **arguments):
    return HttpResponse()


def _everybody() -> str:
    return " ".join(Club.objects.values_list("name", flat=True))


def leaking(request, club_slug):
    return HttpResponse(_everybody())


def leaking_header(request, club_slug):
    return HttpResponse(headers={"X-Clubs": _everybody()})


def leaking_stream(request, club_slug):
    return StreamingHttpResponse([b"first", _everybody().encode()])


def unchecked(request, club_slug, speech_id):
    with scopes_disabled():
        return HttpResponse(Speech.objects.filter(pk=speech_id).count())


def telling(request, club_slug, speech_id):
    with scopes_disabled():
        speech = Speech.objects.filter(pk=speech_id).first()
    if speech is None or speech.club != request.club:
        return HttpResponse("gone" if speech is None else "not yours", status=404)
    return HttpResponse()


def sound(request, club_slug, speech_id):
    return HttpResponse(access_speech(request.membership, speech_id).title)


def api_telling(request):
    if request.method != "POST":
        return HttpResponse(status=405)
    asked = json.loads(request.body)
    if not Club.objects.filter(slug=asked["club"]).exists():
        access_club(request.user, "beacon")
        raise NotFoundError("There is no such club.")
    membership = access_club(request.user, asked["club"])
    with club_scope(membership.club):
        access_speech(membership, asked["speech"])
    return JsonResponse({"canary": canary(membership.club.slug), "said": NOT_FOUND})


@sync_to_async
def _may_see(request):
    return access_club(request.user, request.GET["club"])


async def stream_leaking(request):
    if request.method != "GET":
        return HttpResponse(status=405)
    await _may_see(request)

    async def body():
        yield b"retry: 2000"
        yield await sync_to_async(_everybody)()

    return StreamingHttpResponse(body(), content_type="text/event-stream")


urlpatterns = [
    path("loose/", empty, name="loose"),
    path("clubs/<slug:slug>/renamed/", empty),
    path("clubs/<slug:club_slug>/things/<int:thing_id>/", empty),
    path("clubs/<slug:club_slug>/leaking/", leaking),
    path("clubs/<slug:club_slug>/leaking_header/", leaking_header),
    path("clubs/<slug:club_slug>/leaking_stream/", leaking_stream),
    path("clubs/<slug:club_slug>/unchecked/<uuid:speech_id>/", unchecked),
    path("clubs/<slug:club_slug>/telling/<uuid:speech_id>/", telling),
    path("clubs/<slug:club_slug>/sound/<uuid:speech_id>/", sound),
    path("api/<slug:club>/nested/", empty),
    path("api/open/", lambda request: JsonResponse({})),
    path("api/telling/", api_telling),
    path("stream/leaking/", stream_leaking),
    path("stream/<slug:club>/nested/", empty),
    path("accounts/", include("allauth.urls")),
    path("", include("clubs.urls")),
]
