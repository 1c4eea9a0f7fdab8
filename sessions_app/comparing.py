"""Two saved speeches side by side."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clubs.access import NOT_FOUND
from clubs.http import ClubRequest
from clubs.permissions import Action, require
from evaluations import outputs
from evaluations.core.document import SpeechDocument
from evaluations.models import Goal, Run
from evaluations.progress.comparing import Row, Side, comparison
from evaluations.progress.figures import Figures
from evaluations.progress.goals import Aim
from sessions_app.access import access_speech
from sessions_app.documents import document_of, kept_run
from sessions_app.listing import finished_speeches
from sessions_app.models import Speech
from speechcoach.errors import NotFoundError

CHOICES = 24


@dataclass(frozen=True, slots=True)
class Compared:
    """A speech, what is kept of it, and its figures where they are."""

    speech: Speech
    document: SpeechDocument
    side: Side | None


@require_safe
def compare(request: ClubRequest, club_slug: str, speech_id: uuid.UUID) -> HttpResponse:
    """This speech beside another: ``?with=`` says which; else its speaker's one before."""
    require(request.membership, Action.VIEW_SPEECH)
    speech = access_speech(request.membership, speech_id)
    if speech.saved_at is None:
        raise NotFoundError(NOT_FOUND)
    own, others = _choices(request, speech)
    asked = request.GET.get("with", "")
    other = access_speech(request.membership, asked) if asked else _before(speech, own)
    context: dict[str, object] = {
        "club": request.club,
        "speech": speech,
        "other": other,
        "own": own,
        "others": others,
    }
    if other is not None and other != speech:
        pair = sorted((speech, other), key=_moment)
        earlier, later = (_compared(request, one) for one in pair)
        context |= {"earlier": earlier, "later": later, "sides": (earlier, later)}
        context["rows"] = _rows(earlier, later, _aims(request, speech, other))
    return render(request, "clubs/sessions/compare.html", context)


def _choices(request: ClubRequest, speech: Speech) -> tuple[list[Speech], list[Speech]]:
    """The speaker's other speeches, and those of others, the latest of each first."""
    seen = finished_speeches(request.membership).exclude(pk=speech.pk)
    if speech.speaker_id is not None:
        own = seen.filter(speaker=speech.speaker_id)
    else:
        own = seen.filter(speaker=None, speaker_name=speech.speaker_name)
    own_ids = own.values("pk")
    return list(own[:CHOICES]), list(seen.exclude(pk__in=own_ids)[:CHOICES])


def _before(speech: Speech, own: Sequence[Speech]) -> Speech | None:
    """The one given just before; where this is the first, the one after."""
    earlier = [one for one in own if _moment(one) <= _moment(speech)]
    return max(earlier, key=_moment) if earlier else min(own, key=_moment, default=None)


def _moment(speech: Speech) -> tuple[float, str]:
    at = speech.recorded_at or speech.saved_at or speech.created_at
    return at.timestamp(), str(speech.pk)


def _compared(request: ClubRequest, speech: Speech) -> Compared:
    run = kept_run(speech)
    return Compared(speech, document_of(request.club, speech, run), _side(run))


def _side(run: Run | None) -> Side | None:
    metrics = outputs.metrics_of(run) if run else None
    if run is None or metrics is None or run.figures is None:
        return None
    figures = Figures.model_validate(run.figures)
    return Side(metrics, figures) if figures.counts else None


def _rows(earlier: Compared, later: Compared, aims: Sequence[Aim]) -> tuple[Row, ...]:
    if earlier.side is None or later.side is None:
        return ()
    return comparison(earlier.side, later.side, aims)


def _aims(request: ClubRequest, one: Speech, other: Speech) -> list[Aim]:
    """The viewer's goals, where both speeches are theirs: nobody else sees them."""
    if not one.speaker_id == other.speaker_id == request.user.pk:
        return []
    return [goal.aim for goal in Goal.objects.filter(club=request.club, user=request.user)]
