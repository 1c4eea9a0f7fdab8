"""Uploading a recorded speech: the form, the file's pieces, and what becomes of it."""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clubs.access import NOT_FOUND
from clubs.http import ClubRequest
from clubs.models import Membership
from clubs.permissions import Action, allows, require
from evaluations import outputs
from evaluations.core.projects import PRESETS
from evaluations.core.styles import DEFINITIONS
from evaluations.models import Run
from evaluations.pipeline import RunRequest
from evaluations.queueing import request_run
from evaluations.roles.registry import ROLES
from sessions_app.access import access_speech
from sessions_app.consent import shown_consent
from sessions_app.core.setup import Setup
from sessions_app.documents import document_of
from sessions_app.models import Speech, Upload
from sessions_app.tasks import purge_club
from sessions_app.uploads import carrying
from sessions_app.uploads.core.refusals import MIB
from sessions_app.uploads.forms import UploadForm
from sessions_app.uploads.progress import progress_of
from sessions_app.uploads.receiving import (
    PIECE_BYTES,
    most_bytes,
    open_upload,
    own_name,
    take,
)
from sessions_app.vault import AudioVault
from sessions_app.visibility import may_decide, relation_to
from speechcoach.errors import BadRequestError, ForbiddenError, NotFoundError

ACCEPT = "audio/*,video/*,.mkv,.m4a,.opus,.oga,.caf,.amr,.3gp"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: ClubRequest, club_slug: str) -> HttpResponse:
    """The form; posted, it opens the upload of a file, whose pieces then follow."""
    membership = request.membership
    require(membership, Action.UPLOAD)
    if request.method != "POST":
        return _form(request, UploadForm(membership))
    form = UploadForm(membership, request.POST)
    if not form.is_valid():
        fields = {name: [str(one) for one in errors] for name, errors in form.errors.items()}
        first = next(iter(form.errors.values()))[0]
        answer = {"error": "bad_request", "message": str(first), "fields": fields}
        return JsonResponse(answer, status=422)
    given = form.cleaned_data
    opened = open_upload(membership, form.setup, given["file_name"], given["file_size"])
    where = [request.club.slug, opened.speech_id]
    return JsonResponse(
        {
            "piecesUrl": reverse("upload_piece", args=where),
            "pageUrl": reverse("uploaded", args=where),
            "pieceBytes": PIECE_BYTES,
        },
        status=201,
    )


def piece_view(vault: AudioVault) -> Callable[..., HttpResponse]:
    """The view that takes the pieces of files into ``vault``."""

    @never_cache
    @require_POST
    def piece(request: ClubRequest, club_slug: str, speech_id: uuid.UUID) -> HttpResponse:
        """The next bytes of a file, from ``?at=`` on. Says where to go on."""
        found = _upload(request, speech_id)
        at = request.GET.get("at", "")
        if not at.isdecimal():
            raise BadRequestError("`at`: say at which byte of the file this piece begins.")
        if _length(request) > PIECE_BYTES:
            raise BadRequestError(f"A piece has at most {PIECE_BYTES} bytes.")
        received = take(found, vault, int(at), request.body)
        return JsonResponse({"received": received, "size": found.size})

    return piece


@never_cache
@require_safe
def uploaded(request: ClubRequest, club_slug: str, speech_id: uuid.UUID) -> HttpResponse:
    """How far an upload is, and once it is evaluated, what came of it."""
    speech = _speech(request, speech_id)
    found = Upload.objects.filter(club=request.club, speech=speech).first()
    if found is None:
        return redirect("session", request.club.slug, speech.pk)
    carrying.settle(request.club, timezone.now())
    speech.refresh_from_db()
    run = _run(speech)
    progress = progress_of(found, run)
    context: dict[str, object] = {
        "club": request.club,
        "speech": speech,
        "upload": found,
        "progress": progress,
        "may_handle": _may_handle(request, speech, found),
        "accept": ACCEPT,
        "piece_bytes": PIECE_BYTES,
    }
    if progress.step == "ready" and run is not None:
        context["document"] = document_of(request.club, speech, run)
        context["has_sound"] = outputs.sound_of(run) is not None
    return render(request, "clubs/sessions/uploaded.html", context)


@never_cache
@require_safe
def status(request: ClubRequest, club_slug: str, speech_id: uuid.UUID) -> HttpResponse:
    """The same as numbers, for the page that waits."""
    speech = _speech(request, speech_id)
    found = Upload.objects.filter(club=request.club, speech=speech).first()
    if found is None:
        raise NotFoundError(NOT_FOUND)
    return JsonResponse(asdict(progress_of(found, _run(speech))))


@never_cache
@require_safe
def sound(request: ClubRequest, club_slug: str, speech_id: uuid.UUID) -> HttpResponse:
    """The spoken evaluation of a speech that is not saved yet."""
    run = _run(_speech(request, speech_id))
    spoken = outputs.sound_of(run) if run is not None and run.status == Run.Status.READY else None
    if spoken is None:
        raise NotFoundError(NOT_FOUND)
    return HttpResponse(
        spoken.data, content_type=spoken.content_type, headers={"Cache-Control": "no-store"}
    )


@require_POST
def save(request: ClubRequest, club_slug: str, speech_id: uuid.UUID) -> HttpResponse:
    """Keep what came of an upload, as Save keeps it on the live page."""
    found = _upload(request, speech_id)
    run = _run(found.speech)
    if run is None or run.status not in {Run.Status.READY, Run.Status.TOO_SHORT}:
        raise BadRequestError("There is nothing to save yet.")
    carrying.settle(request.club, timezone.now())
    outputs.keep(run, notes=Setup.model_validate(found.setup).notes)
    found.delete()
    messages.success(request, "The speech is saved.")
    return redirect("session", request.club.slug, speech_id)


@require_POST
def discard(request: ClubRequest, club_slug: str, speech_id: uuid.UUID) -> HttpResponse:
    """Erase at once what would be purged later."""
    found = _upload(request, speech_id)
    now = timezone.now()
    Upload.objects.filter(club=request.club, pk=found.pk).update(state=Upload.State.FAILED)
    Speech.objects.filter(club=request.club, pk=speech_id).update(
        state=Speech.State.IDLE, purge_after=now
    )
    purge_club.enqueue(club_id=request.club.pk)
    messages.success(request, "The recording and everything made of it is being erased.")
    return redirect("sessions", request.club.slug)


@require_POST
def retry(request: ClubRequest, club_slug: str, speech_id: uuid.UUID) -> HttpResponse:
    """Ask once more for an evaluation that failed."""
    found = _upload(request, speech_id)
    run = _run(found.speech)
    if run is not None and run.status == Run.Status.FAILED:
        request_ = RunRequest.model_validate(run.request)
        request_run(request.club, speech_id, run.number, run.samples, request_)
        Speech.objects.filter(club=request.club, pk=speech_id, owner=None).update(
            state=Speech.State.PROCESSING, purge_after=None
        )
    return redirect("uploaded", request.club.slug, speech_id)


def _form(request: ClubRequest, form: UploadForm) -> HttpResponse:
    context = {
        "club": request.club,
        "form": form,
        "own_name": own_name(request.membership),
        "consent_text": shown_consent(request.club).text,
        "styles": list(DEFINITIONS.values()),
        "roles": ROLES,
        "project_presets": PRESETS,
        "accept": ACCEPT,
        "most_mib": most_bytes() // MIB,
        "most_bytes": most_bytes(),
    }
    return render(request, "clubs/sessions/upload.html", context)


def _speech(request: ClubRequest, speech_id: uuid.UUID) -> Speech:
    """A speech that the member may see, or has uploaded."""
    require(request.membership, Action.UPLOAD)
    try:
        return access_speech(request.membership, speech_id)
    except NotFoundError:
        own = Upload.objects.filter(club=request.club, uploader=request.user, speech=speech_id)
        if found := own.select_related("speech").first():
            return found.speech
        raise


def _upload(request: ClubRequest, speech_id: uuid.UUID) -> Upload:
    """An upload that the member may go on with.

    Raises:
        NotFoundError: there is none that they may see.
        ForbiddenError: it is somebody else's.
    """
    speech = _speech(request, speech_id)
    uploads = Upload.objects.filter(club=request.club, speech=speech)
    found = uploads.select_related("speech", "club").first()
    if found is None:
        raise NotFoundError(NOT_FOUND)
    if not _may_handle(request, speech, found):
        raise ForbiddenError("Only who uploaded this recording, or its speaker, may do that.")
    return found


def _may_handle(request: ClubRequest, speech: Speech, found: Upload) -> bool:
    membership: Membership = request.membership
    return (
        found.uploader_id == membership.user_id
        or may_decide(membership.role, relation_to(membership, speech))
        or allows(membership.role, Action.OPERATE)
    )


def _run(speech: Speech) -> Run | None:
    """The run of the upload's recording; none before it is queued."""
    if not speech.run_id:
        return None
    return Run.objects.filter(club=speech.club_id, speech=speech, number=speech.run_id).first()


def _length(request: HttpRequest) -> int:
    told = cast("str", request.META.get("CONTENT_LENGTH") or "0")
    return int(told) if told.isdecimal() else 0
