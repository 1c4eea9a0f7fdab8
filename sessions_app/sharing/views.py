"""Making and ending links, and what a link shows to somebody without an account."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clubs.access import NOT_FOUND
from clubs.http import ClubRequest
from clubs.permissions import Action, require
from clubs.scoping import club_scope
from evaluations import outputs
from evaluations.models import Output
from sessions_app import speech_page
from sessions_app.access import access_speech
from sessions_app.documents import document_of, spoken
from sessions_app.downloads import download
from sessions_app.models import ShareLink
from sessions_app.sharing import links
from speechcoach.errors import BadRequestError, NotFoundError

P = ParamSpec("P")
_View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: ClubRequest, club_slug: str, speech_id: uuid.UUID) -> HttpResponse:
    """Make a link, and show it: here and now, and never again.

    It is answered at once and not by a redirect, because then the token would have to be kept
    somewhere in between.
    """
    require(request.membership, Action.VIEW_SPEECH)
    speech = access_speech(request.membership, speech_id)
    if request.method != "POST":
        return redirect("session", request.club.slug, speech.pk)
    try:
        days = int(request.POST.get("days", ""))
    except ValueError:
        raise BadRequestError("Say for how many days the link is to last.") from None
    link, token = links.make(request.membership, speech, days, timezone.now())
    address = request.build_absolute_uri(reverse("shared", args=[token]))
    made = speech_page.MadeLink(address, link.expires_at)
    return speech_page.render_page(request, speech, made=made)


@require_POST
def revoke(
    request: ClubRequest, club_slug: str, speech_id: uuid.UUID, link_id: int
) -> HttpResponse:
    """End a link at once."""
    require(request.membership, Action.VIEW_SPEECH)
    speech = access_speech(request.membership, speech_id)
    links.revoke(request.membership, speech, link_id, timezone.now())
    messages.success(request, "The link is revoked: it leads nowhere now.")
    return redirect("session", request.club.slug, speech.pk)


def _for_anybody(view: _View[P]) -> _View[P]:
    """What holds of an answer to a token: nobody keeps it, lists it, or learns of it by a click."""

    @never_cache
    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except NotFoundError:
            response = render(request, "shared/gone.html", status=404)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return answer


@_for_anybody
def shared(request: HttpRequest, share_token: str) -> HttpResponse:
    """One recording of a speech, for whoever has the link."""
    now = timezone.now()
    link = links.opened(share_token, now)
    with club_scope(link.club):
        document = document_of(link.club, link.speech, link.run, outside=True)
        has_sound = spoken(outputs.files_of(link.run)) is not None
        if request.method == "GET":
            links.count(link, now)
        return render(
            request,
            "shared/speech.html",
            {
                "document": document,
                "audio_url": reverse("shared_audio", args=[share_token]) if has_sound else None,
                "shared_by": _shared_by(link),
                "expires_at": link.expires_at,
            },
        )


@_for_anybody
def shared_audio(request: HttpRequest, share_token: str) -> HttpResponse:
    """The spoken evaluation of a shared recording."""
    link = links.opened(share_token, timezone.now())
    with club_scope(link.club):
        sound = spoken(outputs.files_of(link.run))
        if sound is None:
            raise NotFoundError(NOT_FOUND)
        # With its content, which the list leaves out.
        return download(Output.objects.get(club=link.club, pk=sound.pk))


def _shared_by(link: ShareLink) -> str:
    by_the_speaker = link.created_by_id is not None and (
        link.created_by_id == link.speech.speaker_id
    )
    return "the speaker" if by_the_speaker else f"an officer of {link.club.name}"
