"""History and stream of a speech's bars."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from clubs.access import NOT_FOUND, require_user
from speechcoach.errors import NotFoundError


@never_cache
@require_GET
def history(request: HttpRequest) -> JsonResponse:
    require_user(request.user)
    raise NotFoundError(NOT_FOUND)


def stream_routes() -> list[Any]:
    return [
        path("api/history", history, name="history"),
        path("stream/metrics", history, name="metrics_stream"),
    ]
