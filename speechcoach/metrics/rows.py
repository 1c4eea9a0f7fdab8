"""What stands in the database and in the broker when somebody asks: a few cheap queries."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import Error
from django.db.models import Count, Min
from django.utils import timezone
from django_scopes import scopes_disabled
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from clubs.models import PurgeClock
from evaluations.claims import OPEN
from evaluations.models import Run
from sessions_app.models import Speech
from sessions_app.purge import due_everywhere
from speechcoach.cache import answers

log = logging.getLogger(__name__)

LIVE_SECONDS: Final = 30
"""A session whose page has said nothing for so long is not live any more."""
QUEUES: Final = ("evaluate", "speak", "housekeep")
_SECONDS: Final = 2.0


class RowsCollector:
    """For a registry. A part that does not answer is told by ``speechcoach_up``."""

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked before somebody asks."""
        return []

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("speechcoach_up", "Whether a part answers.", labels=["part"])
        try:
            # Of all clubs: only figures leave this function.
            with scopes_disabled():
                found = _of_database(timezone.now())
        except Error as error:
            log.warning("metrics: the database does not answer: %s", type(error).__name__)
            up.add_metric(["database"], 0)
        else:
            up.add_metric(["database"], 1)
            yield from found
        if settings.REDIS_URL:
            up.add_metric(["shared memory"], answers(settings.REDIS_URL))
        lengths: list[tuple[str, int]] | None = []
        if settings.CELERY_BROKER_URL.startswith("redis"):
            lengths = _queue_lengths(settings.CELERY_BROKER_URL)
            up.add_metric(["broker"], 0 if lengths is None else 1)
        yield _gauge(
            "speechcoach_queue_messages",
            "Messages about tasks that no worker has taken yet.",
            [((queue,), length) for queue, length in lengths or ()],
            ["queue"],
        )
        yield up


def _of_database(now: datetime) -> list[Metric]:
    live = Speech.objects.filter(seen_at__gte=now - timedelta(seconds=LIVE_SECONDS))
    runs = Run.objects.filter(status__in=OPEN)
    open_runs = runs.values_list("status").annotate(Count("pk"), Min("asked_at")).order_by()
    by_status = {status: (count, asked) for status, count, asked in open_runs}
    _, asked = by_status.get(Run.Status.QUEUED, (0, None))
    overdue = PurgeClock.objects.aggregate(Min("next_run_at"))["next_run_at__min"]
    due = due_everywhere(now).aggregate(Min("purge_after"))["purge_after__min"]
    by_state = dict(live.values_list("state").annotate(Count("pk")).order_by())
    return [
        _gauge(
            "speechcoach_live_sessions",
            "Sessions whose page is there, by what they do.",
            [((state,), by_state.get(state, 0)) for state in Speech.State.values],
            ["state"],
        ),
        _gauge(
            "speechcoach_runs_open",
            "Evaluations that are asked for and not at their end.",
            [((status,), by_status.get(status, (0,))[0]) for status in OPEN],
            ["status"],
        ),
        _gauge(
            "speechcoach_runs_waiting_seconds",
            "How long the evaluation that nobody has begun for longest has waited.",
            [((), _age(asked, now))],
        ),
        _gauge(
            "speechcoach_purge_lag_seconds",
            "How long what should be purged for longest is overdue.",
            [((), _age(due, now))],
        ),
        _gauge(
            "speechcoach_retention_lag_seconds",
            "How long the club whose retention should have run is overdue.",
            [((), _age(overdue, now))],
        ),
        _gauge(
            "speechcoach_retention_failing_clubs",
            "Clubs whose retention failed the last time.",
            [((), PurgeClock.objects.filter(failed_at__isnull=False).count())],
        ),
    ]


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def _gauge(
    name: str,
    text: str,
    values: Sequence[tuple[tuple[str, ...], float]],
    labels: Sequence[str] = (),
) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for of, value in values:
        family.add_metric(of, value)
    return family


def _queue_lengths(url: str) -> list[tuple[str, int]] | None:
    import redis  # noqa: PLC0415 - an optional extra

    with redis.Redis.from_url(
        url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS
    ) as client:
        try:
            with client.pipeline(transaction=False) as pipeline:
                for queue in QUEUES:
                    pipeline.llen(queue)
                return list(zip(QUEUES, pipeline.execute(), strict=True))
        except redis.RedisError as error:
            log.warning("metrics: the broker does not answer: %s", type(error).__name__)
            return None
