"""Counters and histograms of all processes together: in the shared memory where there is one, else
in this process.

Counting is best effort, and nobody waits for it: a memory that does not answer loses the figure.
"""

import functools
import json
import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from typing import Final, Protocol

from django.conf import settings
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    HistogramMetricFamily,
    Metric,
)

log = logging.getLogger(__name__)

KEY: Final = "speechcoach.metrics"
_SECONDS: Final = 1.0

Amounts = Mapping[str, float]


class Store(Protocol):
    """Amounts by the names of their fields."""

    def add(self, amounts: Amounts) -> None:
        """Add to each field. Never raises for a memory that is away, and does not wait for it."""
        ...

    def read(self) -> dict[str, float]:
        """Everything; nothing of a memory that is away."""
        ...


class OwnStore:
    """In this process."""

    def __init__(self) -> None:
        self._amounts: defaultdict[str, float] = defaultdict(float)
        self._lock = threading.Lock()

    def add(self, amounts: Amounts) -> None:
        with self._lock:
            for field, amount in amounts.items():
                self._amounts[field] += amount

    def read(self) -> dict[str, float]:
        with self._lock:
            return dict(self._amounts)


class RedisStore:
    """In one hash of a Redis. A thread writes: an event loop may count as well."""

    def __init__(self, url: str) -> None:
        import redis  # noqa: PLC0415 - an optional extra

        self._client = redis.Redis.from_url(
            url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS
        )
        self._away: type[Exception] = redis.RedisError
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="metrics")

    def add(self, amounts: Amounts) -> None:
        try:
            self._writer.submit(self._write, dict(amounts))
        except RuntimeError:
            log.debug("not counted: the process ends")

    def read(self) -> dict[str, float]:
        try:
            found = self._client.hgetall(KEY)
        except self._away as error:
            log.warning("metrics cannot be read: %s", type(error).__name__)
            return {}
        return {field.decode(): float(amount) for field, amount in found.items()}  # type: ignore[union-attr]

    def close(self) -> None:
        """Write what waits, and let go."""
        self._writer.shutdown()
        self._client.close()

    def _write(self, amounts: Amounts) -> None:
        try:
            with self._client.pipeline(transaction=False) as pipeline:
                for field, amount in amounts.items():
                    pipeline.hincrbyfloat(KEY, field, amount)
                pipeline.execute()
        except self._away as error:
            log.warning("not counted: %s", type(error).__name__)


@functools.cache
def store() -> Store:
    """Where this deployment counts."""
    return RedisStore(settings.REDIS_URL) if settings.REDIS_URL else OwnStore()


class _Shared:
    known: Final[list["_Shared"]] = []

    def __init__(self, name: str, text: str, labels: Sequence[str]) -> None:
        self.name, self.text, self.labels = name, text, tuple(labels)
        self.known.append(self)

    def _field(self, part: str, labels: Mapping[str, str]) -> str:
        if set(labels) != set(self.labels):
            raise ValueError(f"{self.name} has the labels {self.labels}")
        return json.dumps([self.name, part, *(labels[label] for label in self.labels)])

    def family(self, amounts: Amounts) -> Metric:
        """What was counted, as Prometheus is told."""
        raise NotImplementedError

    def _mine(self, amounts: Amounts) -> dict[tuple[str, ...], dict[str, float]]:
        """Amounts by part, by values of labels."""
        found: defaultdict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
        for field, amount in amounts.items():
            name, part, *values = json.loads(field)
            # What another version of the code has counted may have other labels.
            if name == self.name and len(values) == len(self.labels):
                found[tuple(values)][part] = amount
        return dict(found)


class SharedCounter(_Shared):
    """As ``prometheus_client.Counter``, of all processes."""

    def inc(self, amount: float = 1, **labels: str) -> None:
        """Count ``amount`` more."""
        store().add({self._field("total", labels): amount})

    def family(self, amounts: Amounts) -> Metric:
        family = CounterMetricFamily(self.name, self.text, labels=self.labels)
        for values, parts in sorted(self._mine(amounts).items()):
            family.add_metric(values, parts["total"])
        return family


class SharedHistogram(_Shared):
    """As ``prometheus_client.Histogram``, of all processes.

    Args:
        buckets: their upper bounds, rising; one without a bound comes after them.
    """

    def __init__(
        self, name: str, text: str, labels: Sequence[str], buckets: Sequence[float]
    ) -> None:
        super().__init__(name, text, labels)
        self._bounds = tuple(buckets)

    def observe(self, amount: float, **labels: str) -> None:
        """Count one more, of ``amount``."""
        bound = next((f"{each:g}" for each in self._bounds if amount <= each), "+Inf")
        store().add({self._field(bound, labels): 1, self._field("sum", labels): amount})

    def family(self, amounts: Amounts) -> Metric:
        family = HistogramMetricFamily(self.name, self.text, labels=self.labels)
        bounds = [*(f"{each:g}" for each in self._bounds), "+Inf"]
        for values, parts in sorted(self._mine(amounts).items()):
            counts = accumulate(parts.get(bound, 0.0) for bound in bounds)
            buckets = list(zip(bounds, counts, strict=True))
            family.add_metric(values, buckets, parts.get("sum", 0.0))
        return family


class SharedCollector:
    """For a registry: all that is counted for all processes."""

    def __init__(self, read: Callable[[], Amounts] = lambda: store().read()) -> None:
        self._read = read

    def describe(self) -> Iterable[Metric]:
        """Nothing is read before somebody asks."""
        return []

    def collect(self) -> Iterator[Metric]:
        amounts = self._read()
        for each in _Shared.known:
            yield each.family(amounts)
