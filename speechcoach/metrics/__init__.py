"""Figures for ``/metrics``: counted where things happen, or read when somebody asks.

A process that is asked has three kinds of them:

- its own (``prometheus_client``'s): what web processes do, each for itself;
- those of all processes (:mod:`speechcoach.metrics.shared`): what workers do, whom nobody asks.
  They lie in the shared memory, because rows are purged: what counts rows would count backwards;
- what stands in the database and in the broker now (:mod:`speechcoach.metrics.rows`).

Labels are names of engines, stages, reasons and tasks: never a club, a person, a speech or a word.
"""

from typing import Any, Final

from celery import signals
from django.core.signals import got_request_exception
from prometheus_client import Counter, Gauge, Histogram

from speechcoach.metrics.shared import SharedCounter, SharedHistogram

# Of web processes.

CHUNK_SECONDS: Final = Histogram(
    "speechcoach_chunk_seconds",
    "From a chunk of audio until all that it causes is handed on; one of thirty-two is measured.",
    buckets=(1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 1.0),
)
OPEN_SOCKETS: Final = Gauge(
    "speechcoach_open_sockets", "Sockets and streams that are open in this process.", ["kind"]
)
CAPTIONS_LOST: Final = Counter(
    "speechcoach_captions_lost", "Speeches whose captions ended before they did."
)
REQUEST_ERRORS: Final = Counter(
    "speechcoach_request_errors", "Requests that ended in an unexpected error."
)

# Of all processes.

STAGE_SECONDS: Final = SharedHistogram(
    "speechcoach_stage_seconds",
    "How long a stage of an evaluation took, and which engine gave its result.",
    ["stage", "engine"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 45.0, 90.0),
)
RUN_SECONDS: Final = SharedHistogram(
    "speechcoach_run_seconds",
    "From asking for an evaluation until it had come to its end, and to which.",
    ["status"],
    buckets=(1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 180.0, 600.0),
)
ENGINE_FAILURES: Final = SharedCounter(
    "speechcoach_engine_failures",
    "Times that an engine gave nothing, so that the next one had to.",
    ["step", "engine", "reason"],
)
RUNS_LEFT: Final = SharedCounter(
    "speechcoach_runs_left_behind", "Evaluations taken over from a process that fell silent.", []
)
TASK_FAILURES: Final = SharedCounter(
    "speechcoach_task_failures", "Tasks that ended in an unexpected error.", ["task"]
)


def _request_failed(**_said: Any) -> None:
    REQUEST_ERRORS.inc()


def _task_failed(sender: Any = None, **_said: Any) -> None:
    TASK_FAILURES.inc(task=getattr(sender, "name", "unknown"))


got_request_exception.connect(_request_failed)
signals.task_failure.connect(_task_failed)
