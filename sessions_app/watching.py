"""The page on which a club watches a speech as a chart, while it is given and afterwards."""

import uuid
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clubs.http import ClubRequest
from clubs.permissions import Action, allows, require
from evaluations.roles.timing import told_lights
from sessions_app.access import access_speech
from sessions_app.meetings.agenda import facts_of
from sessions_app.models import Speech


@never_cache
@require_safe
def watch(request: ClubRequest, club_slug: str, speech_id: uuid.UUID) -> HttpResponse:
    """The chart of a speech, for every member who may see it."""
    require(request.membership, Action.VIEW_SPEECH)
    speech = access_speech(request.membership, speech_id)
    history, speaker = reverse("history"), speech.speaker_id
    of_speaker = urlencode({"speaker": speaker, "club": club_slug, "timeframe": "15s"})
    return render(
        request,
        "clubs/sessions/watch.html",
        {
            "club": request.club,
            "speech": speech,
            "state": _state(speech),
            **chart_urls(speech.pk),
            "speaker": speaker,
            "speaker_history_url": f"{history}?{of_speaker}" if speaker is not None else "",
            "can_operate": allows(request.membership.role, Action.OPERATE),
            "lights": _lights(speech),
        },
    )


def chart_urls(speech_id: uuid.UUID) -> dict[str, str]:
    """Where a chart finds the bars of a speech, for its template."""
    of_speech = urlencode({"speech": speech_id})
    return {
        "history_url": f"{reverse('history')}?{of_speech}",
        "stream_url": f"{reverse('metrics_stream')}?{of_speech}",
    }


def _state(speech: Speech) -> str:
    """ "ended" once the speech is given and nothing goes on; else "live"."""
    given = speech.saved_at is not None or speech.recorded_at is not None
    return "ended" if given and speech.state == Speech.State.IDLE else "live"


def _lights(speech: Speech) -> dict[str, str] | None:
    """Seconds to each light and to overtime, as agenda or project tell them, for attributes."""
    told = told_lights(speech.project_type, facts_of(speech).planned_seconds)
    if told is None:
        return None
    return {name: f"{getattr(told, name):g}" for name in ("green", "yellow", "red", "overtime")}
