"""Addresses of uploads; the composition root hands in where the files go."""

from typing import Any

from django.urls import path

from sessions_app.uploads import views
from sessions_app.vault import AudioVault

_UPLOADED = "clubs/<slug:club_slug>/sessions/<uuid:speech_id>/uploaded/"


def upload_routes(vault: AudioVault) -> list[Any]:
    """The form, the pieces of the file, and what becomes of it."""
    return [
        path("clubs/<slug:club_slug>/sessions/upload/", views.upload, name="upload"),
        path(_UPLOADED, views.uploaded, name="uploaded"),
        path(f"{_UPLOADED}piece/", views.piece_view(vault), name="upload_piece"),
        path(f"{_UPLOADED}status/", views.status, name="upload_status"),
        path(f"{_UPLOADED}sound/", views.sound, name="upload_sound"),
        path(f"{_UPLOADED}save/", views.save, name="save_upload"),
        path(f"{_UPLOADED}discard/", views.discard, name="discard_upload"),
        path(f"{_UPLOADED}retry/", views.retry, name="retry_upload"),
    ]
