"""Traces of evaluations, for whoever collects them: OTEL_EXPORTER_OTLP_ENDPOINT, and the extra
``telemetry``.

A run is one trace over all processes that work on it. Its id is made from the run's own, so that
nothing has to be handed on: a run that is sent again, or taken over, goes on in the same trace.

Spans carry ids and names of stages and engines, of an exception its kind: never a word.
"""

import functools
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from celery import signals

from speechcoach.env import Environment

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

log = logging.getLogger(__name__)

Attribute = str | int | float | bool

_PREFIX: Final = "speechcoach"
# The ids of the span that begins next, where they must be known elsewhere.
_next_ids: ContextVar[tuple[int, int] | None] = ContextVar("next_ids", default=None)


def ids_of(speech_id: str, number: int) -> tuple[int, int]:
    """The ids of a run's trace, and of the span that asks for the run."""
    digest = hashlib.sha256(f"{speech_id}/{number}".encode()).digest()
    return int.from_bytes(digest[:16]), int.from_bytes(digest[16:24])


@contextmanager
def asking(speech_id: str, number: int, **attributes: Attribute) -> Iterator[None]:
    """The span that begins a run's trace: whoever asks for the run is in it."""
    provider = _provider()
    if provider is None:
        yield
        return
    from opentelemetry.context import Context  # noqa: PLC0415 - an optional extra

    token = _next_ids.set(ids_of(speech_id, number))
    try:
        # In no other trace: the run's is found by its id.
        with _span(provider, "ask", Context(), {"speech": speech_id, "run": number, **attributes}):
            yield
    finally:
        _next_ids.reset(token)


@contextmanager
def asking_again(speech_id: str, number: int, **attributes: Attribute) -> Iterator[None]:
    """A run that was there is asked for once more."""
    with working("ask again", speech_id, number, **attributes):
        yield


@contextmanager
def working(name: str, speech_id: str, number: int, **attributes: Attribute) -> Iterator[None]:
    """A span in a run's trace: a process that works on the run."""
    provider = _provider()
    if provider is None:
        yield
        return
    from opentelemetry import trace  # noqa: PLC0415 - an optional extra

    trace_id, span_id = ids_of(speech_id, number)
    asked = trace.SpanContext(
        trace_id, span_id, is_remote=True, trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED)
    )
    parent = trace.set_span_in_context(trace.NonRecordingSpan(asked))
    with _span(provider, name, parent, {"speech": speech_id, "run": number, **attributes}):
        yield


@contextmanager
def step(name: str, **attributes: Attribute) -> Iterator[dict[str, Attribute]]:
    """A span within the one that is on. What is put into the mapping is told with it."""
    told: dict[str, Attribute] = {}
    provider = _provider()
    if provider is None:
        yield told
        return
    with _span(provider, name, None, attributes) as span:
        try:
            yield told
        finally:
            _tell(span, told)


@contextmanager
def _span(
    provider: "TracerProvider", name: str, parent: Any, attributes: dict[str, Attribute]
) -> Iterator["Span"]:
    from opentelemetry.trace import StatusCode  # noqa: PLC0415 - an optional extra

    tracer = provider.get_tracer(_PREFIX)
    # By itself it would record what an exception says.
    with tracer.start_as_current_span(
        name, parent, record_exception=False, set_status_on_exception=False
    ) as span:
        _next_ids.set(None)
        _tell(span, attributes)
        try:
            yield span
        except BaseException as error:
            span.set_status(StatusCode.ERROR, type(error).__name__)
            raise


def _tell(span: "Span", attributes: dict[str, Attribute]) -> None:
    for key, value in attributes.items():
        span.set_attribute(f"{_PREFIX}.{key}", value)


@functools.cache
def _provider() -> "TracerProvider | None":
    """This process's, made when the first span begins: what was made before a fork is the parent's.
    None where nobody collects."""
    endpoint = Environment().text("OTEL_EXPORTER_OTLP_ENDPOINT")
    if not endpoint:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        # An evaluation is worth more than its trace; `manage.py check` says how to get both.
        log.exception("no traces: OpenTelemetry is not installed")
        return None
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    made = provider_for(BatchSpanProcessor(exporter))
    # A child of a worker ends without ceremony.
    signals.worker_process_shutdown.connect(lambda **_said: made.shutdown(), weak=False)
    return made


def provider_for(processor: Any) -> "TracerProvider":
    """A provider of ours, whose spans go to ``processor``."""
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - an optional extra
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.id_generator import (  # noqa: PLC0415
        IdGenerator,
        RandomIdGenerator,
    )

    chance = RandomIdGenerator()

    class KnownIds(IdGenerator):
        def generate_trace_id(self) -> int:
            known = _next_ids.get()
            return chance.generate_trace_id() if known is None else known[0]

        def generate_span_id(self) -> int:
            known = _next_ids.get()
            return chance.generate_span_id() if known is None else known[1]

    made = TracerProvider(
        resource=Resource.create({"service.name": _PREFIX}), id_generator=KnownIds()
    )
    made.add_span_processor(processor)
    return made
