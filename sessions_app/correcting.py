"""The page on which a speaker puts the transcript of a saved speech right."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clubs.access import NOT_FOUND
from clubs.http import ClubRequest
from clubs.permissions import Action, require
from evaluations import correcting, outputs
from evaluations.core.correcting import correctable
from evaluations.models import Run
from sessions_app.access import access_speech
from sessions_app.documents import kept_run
from sessions_app.models import Speech
from sessions_app.visibility import may_decide, relation_to
from speechcoach.errors import BadRequestError, ForbiddenError, NotFoundError

LONGEST_LINE = 5000


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: ClubRequest, club_slug: str, speech_id: uuid.UUID) -> HttpResponse:
    """Line by line, each beside its time; saved all at once."""
    require(request.membership, Action.VIEW_SPEECH)
    speech = access_speech(request.membership, speech_id)
    if not may_decide(request.membership.role, relation_to(request.membership, speech)):
        raise ForbiddenError("Only the speaker and the club's officers correct a transcript.")
    run = kept_run(speech)
    if run is None:
        raise NotFoundError(NOT_FOUND)
    if request.method != "POST":
        return _page(request, speech, run)
    lines = [" ".join(line.split())[:LONGEST_LINE] for line in request.POST.getlist("line")]
    try:
        seen = request.POST.get("version", "")
        changed = correcting.correct(run, seen, lines, timezone.now())
    except BadRequestError as error:
        return _page(request, speech, run, lines, error.sentence)
    if changed:
        words = "word" if changed == 1 else "words"
        said = f"{changed} {words} corrected. Measurements, evaluation and reports are made anew."
    else:
        said = "Nothing was changed."
    messages.success(request, said)
    return redirect("session", request.club.slug, speech.pk)


def _page(
    request: ClubRequest,
    speech: Speech,
    run: Run,
    written: list[str] | None = None,
    problem: str = "",
) -> HttpResponse:
    transcript = outputs.transcript_of(run)
    if transcript is None:
        raise NotFoundError(NOT_FOUND)
    segments = correctable(transcript)
    texts = [" ".join(segment.text.split()) for segment in segments]
    # What was written is not lost by a refusal; where the lines are others by now it cannot stay.
    shown = written if written is not None and len(written) == len(texts) else texts
    context = {
        "club": request.club,
        "speech": speech,
        "lines": [
            (segment.start_time, text) for segment, text in zip(segments, shown, strict=True)
        ],
        "version": correcting.version(run),
        "longest": LONGEST_LINE,
        "problem": problem,
    }
    status = 409 if problem else 200
    return render(request, "clubs/sessions/correct.html", context, status=status)
