"""Whether this process lives, and whether it is ready for traffic."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any, Final

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from django.views.decorators.cache import never_cache

from speechcoach.cache import answers
from speechcoach.draining import is_draining
from speechcoach.metrics.views import metrics


@never_cache
def livez(_request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; asks nothing of anybody else."""
    return JsonResponse({"status": "ok"})


@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when this process can serve; 503 names the part that is not ready."""
    part = missing_part()
    if part is None:
        return JsonResponse({"status": "ok"})
    return JsonResponse({"status": "unavailable", "part": part}, status=503)


def missing_part() -> str | None:
    """The first of ``draining``, ``database``, ``migrations``, ``shared memory`` that is not as a
    request needs it. Vendors are no part: the built-in engines step in for them. Nor is the broker:
    what is asked for stands in the database until it is back."""
    if is_draining():
        return "draining"
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except Error:
        return "database"
    if not _migrations() <= applied.keys():
        return "migrations"
    if settings.REDIS_URL and not answers(settings.REDIS_URL):
        return "shared memory"
    return None


@functools.cache
def _migrations() -> frozenset[tuple[str, str]]:
    """All that this version of the code has."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations or ())


_PROBES: Final[dict[str, Callable[[HttpRequest], HttpResponse]]] = {
    "/livez": livez,
    "/healthz": livez,
    "/readyz": readyz,
    "/metrics": metrics,
}


@sync_and_async_middleware
def probes_first(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """The middleware before all others: it answers probes and Prometheus.

    They come from inside, past the proxy: they call this process by an address that ALLOWED_HOSTS
    does not hold, and without TLS.
    """
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            probe = _PROBES.get(request.path_info)
            answer: Awaitable[HttpResponseBase]
            answer = sync_to_async(probe)(request) if probe else get_response(request)
            return await answer

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        probe = _PROBES.get(request.path_info)
        answered: HttpResponseBase = probe(request) if probe else get_response(request)
        return answered

    return answer
