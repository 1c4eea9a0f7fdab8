"""``/metrics``, for Prometheus: from inside, and only with the token."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder

from speechcoach.metrics.rows import RowsCollector
from speechcoach.metrics.shared import SharedCollector

REGISTRY.register(SharedCollector())
REGISTRY.register(RowsCollector())


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures in the format that ``Accept`` asks for.

    Without METRICS_TOKEN there is no such address, except in demo mode, where everybody may look.
    """
    token = settings.SPEECHCOACH_METRICS_TOKEN
    if not token and not settings.DEMO_MODE:
        return HttpResponse(status=404)
    if token and not constant_time_compare(
        request.headers.get("authorization", ""), f"Bearer {token}"
    ):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return HttpResponse(encode(REGISTRY), content_type=content_type)
