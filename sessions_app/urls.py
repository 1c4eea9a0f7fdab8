"""Addresses of the pages and calls about speeches."""

from django.urls import path

from sessions_app import (
    api,
    comparing,
    correcting,
    dashboard,
    evaluator_notes,
    fillers,
    people,
    speech_views,
    views,
    watching,
)
from sessions_app.coach.page import coach
from sessions_app.export import FORMATS
from sessions_app.meetings.urls import urlpatterns as meetings
from sessions_app.sharing import views as sharing

_PERSON = "clubs/<slug:club_slug>/people/<int:person>/"
_SPEECH = "clubs/<slug:club_slug>/sessions/<uuid:speech_id>/"

urlpatterns = [
    path("clubs/<slug:club_slug>/", dashboard.dashboard, name="club"),
    path("clubs/<slug:club_slug>/sessions/", views.sessions, name="sessions"),
    path("clubs/<slug:club_slug>/sessions/new/", views.new_session, name="new_session"),
    path("clubs/<slug:club_slug>/coach/", coach, name="coach"),
    path(_SPEECH, speech_views.session, name="session"),
    path(f"{_SPEECH}live/", views.live, name="live"),
    path(f"{_SPEECH}watch/", watching.watch, name="watch"),
    path(f"{_SPEECH}files/<int:run>/<str:name>", speech_views.file, name="file"),
    *(
        path(
            f"{_SPEECH}export.{extension}",
            speech_views.export,
            {"extension": extension},
            name=f"export_{extension}",
        )
        for extension in FORMATS
    ),
    path(f"{_SPEECH}visibility/", speech_views.set_visibility, name="set_visibility"),
    path(f"{_SPEECH}compare/", comparing.compare, name="compare"),
    path(f"{_SPEECH}correct/", correcting.correct, name="correct"),
    path(f"{_SPEECH}evaluate/", evaluator_notes.evaluate, name="evaluate"),
    path(f"{_SPEECH}speaker/", speech_views.set_speaker, name="set_speaker"),
    path(f"{_SPEECH}share/", sharing.share, name="share"),
    path(f"{_SPEECH}share/<int:link_id>/revoke/", sharing.revoke, name="revoke_link"),
    path("shared/<str:share_token>/", sharing.shared, name="shared"),
    path("shared/<str:share_token>/audio", sharing.shared_audio, name="shared_audio"),
    *meetings,
    path(_PERSON, people.person, name="person"),
    path(f"{_PERSON}goals/", people.set_goal, name="set_goal"),
    path(f"{_PERSON}goals/remove/", people.remove_goal, name="remove_goal"),
    path("clubs/<slug:club_slug>/fillers/", fillers.fillers, name="fillers"),
    path("clubs/<slug:club_slug>/fillers/add/", fillers.add, name="add_filler"),
    path("clubs/<slug:club_slug>/fillers/remove/", fillers.remove, name="remove_filler"),
    path("api/voice/token", api.voice_token, name="voice_token"),
]
