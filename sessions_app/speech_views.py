"""The page of a finished speech, its files, and what can be decided there."""

import logging
import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clubs.access import NOT_FOUND
from clubs.http import ClubRequest
from clubs.models import Membership
from clubs.permissions import Action, require
from evaluations.models import Output
from sessions_app import speech_page
from sessions_app.access import access_speech
from sessions_app.documents import document_of, kept_run
from sessions_app.downloads import attachment, download
from sessions_app.export import FORMATS, file_name
from sessions_app.models import Speech
from sessions_app.visibility import Visibility, may_decide, may_name_speaker, relation_to
from speechcoach.errors import BadRequestError, ForbiddenError, NotFoundError

log = logging.getLogger(__name__)


@never_cache
@require_safe
def session(request: ClubRequest, club_slug: str, speech_id: uuid.UUID) -> HttpResponse:
    """A speech after it is finished: transcript, metrics, evaluation, files."""
    return speech_page.render_page(request, _speech(request, speech_id))


@require_safe
def file(
    request: ClubRequest, club_slug: str, speech_id: uuid.UUID, run: int, name: str
) -> HttpResponse:
    """A saved file of a speech."""
    speech = _speech(request, speech_id)
    output = Output.objects.filter(
        club=request.club,
        run__speech=speech,
        run__number=run,
        run__saved_at__isnull=False,
        name=name,
    ).first()
    if output is None:
        raise NotFoundError(NOT_FOUND)
    return download(output)


@require_safe
def export(
    request: ClubRequest, club_slug: str, speech_id: uuid.UUID, extension: str
) -> HttpResponse:
    """All that there is to read about a speech, as one file."""
    speech = _speech(request, speech_id)
    document = document_of(request.club, speech, kept_run(speech))
    if document.is_empty:
        raise NotFoundError(NOT_FOUND)
    chosen = FORMATS[extension]
    name = file_name(document, extension)
    return attachment(chosen.render(document), name, chosen.content_type)


@require_POST
def set_visibility(request: ClubRequest, club_slug: str, speech_id: uuid.UUID) -> HttpResponse:
    """Say who in the club may see a speech."""
    speech = _speech(request, speech_id)
    if not may_decide(request.membership.role, relation_to(request.membership, speech)):
        raise ForbiddenError("Only the speaker and the club's officers decide who sees a speech.")
    try:
        chosen = Visibility(request.POST.get("visibility", ""))
    except ValueError:
        raise BadRequestError("Choose who may see this speech.") from None
    Speech.objects.filter(club=request.club, pk=speech.pk).update(visibility=chosen)
    log.info("speech %s is shown to %s", speech.pk, chosen)
    messages.success(request, f"Who sees this speech now: {_in_a_sentence(chosen.label)}.")
    return redirect("session", request.club.slug, speech.pk)


@require_POST
def set_speaker(request: ClubRequest, club_slug: str, speech_id: uuid.UUID) -> HttpResponse:
    """Say which member gave a speech, so that it is theirs; or that none did."""
    speech = _speech(request, speech_id)
    membership = request.membership
    if not may_name_speaker(membership.role, relation_to(membership, speech), speech):
        raise ForbiddenError("Only the club's officers may change whose speech this is.")
    chosen = request.POST.get("member", "")
    speaker = None
    if chosen:
        members = Membership.objects.filter(club=request.club)
        speaker = members.filter(pk=int(chosen)).first() if chosen.isdecimal() else None
        if speaker is None:
            raise BadRequestError("Choose a member of this club.")
    speaker_id = speaker.user_id if speaker else None
    Speech.objects.filter(club=request.club, pk=speech.pk).update(speaker=speaker_id)
    log.info("speech %s is the speech of user %s", speech.pk, speaker_id)
    said = "The speech is among the member's own now." if speaker else "The speech is nobody's now."
    messages.success(request, said)
    return redirect("session", request.club.slug, speech.pk)


def _speech(request: ClubRequest, speech_id: uuid.UUID) -> Speech:
    require(request.membership, Action.VIEW_SPEECH)
    return access_speech(request.membership, speech_id)


def _in_a_sentence(label: str) -> str:
    return label[0].lower() + label[1:]
