"""A run is one trace, whoever works on it; and no word is in it."""

import functools
import importlib.util
import json
import sys
from typing import Any

import pytest
from django.db import transaction
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from evaluations import queueing, runner, tasks
from evaluations.models import Run
from evaluations.pipeline import STAGES, RunRequest
from speechcoach import checks, tracing
from speechcoach.errors import ProviderError, Reason
from tests.evaluations.runs import LINES, ScriptSource, carry, engines


@pytest.fixture
def spans(monkeypatch):
    exporter = InMemorySpanExporter()
    provider = tracing.provider_for(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_provider", lambda: provider)
    return exporter.get_finished_spans


def ask(run: Run, number: int) -> None:
    request = RunRequest.model_validate(run.request)
    with transaction.atomic():
        queueing.request_run(run.club, run.speech_id, number, run.samples, request)


def test_a_run_is_one_trace_from_asking_to_speaking(run, spans, monkeypatch):
    monkeypatch.setattr(tasks, "_engines", lambda _club, _run: engines())
    ask(run, 2)
    ids = {"speech_id": str(run.speech_id), "number": 2}
    # Each as a process does that knows the ids only.
    tasks.evaluate(club_id=run.club_id, **ids)
    tasks.speak(club_id=run.club_id, **ids)
    found = {span.name: span for span in spans()}
    assert set(found) == {"ask", "evaluate", "speak", *(f"stage {each.name}" for each in STAGES)}
    assert len({span.context.trace_id for span in found.values()}) == 1
    root = found["ask"]
    assert root.parent is None
    for name in ("evaluate", "speak"):
        assert found[name].parent.span_id == root.context.span_id
    written = found["evaluate"].context.span_id
    assert found["stage draft"].parent.span_id == written
    assert found["stage speech"].parent.span_id == found["speak"].context.span_id
    assert found["stage draft"].attributes["speechcoach.engine"] == "builtin"
    assert found["evaluate"].attributes == {
        "speechcoach.speech": str(run.speech_id),
        "speechcoach.run": 2,
        "speechcoach.club": run.club_id,
        "speechcoach.attempt": 1,
    }


def test_no_word_is_in_a_trace(run, spans):
    quoting = ProviderError(Reason.BAD_INPUT, LINES[0].text)
    with tracing.working("evaluate", str(run.speech_id), run.number):
        carry(run, engines(source=ScriptSource(error=quoting)))
    told = json.dumps([json.loads(span.to_json()) for span in spans()])
    assert LINES[0].text not in told
    assert "Ada" not in told
    [failed] = [span for span in spans() if span.name == "stage transcript"]
    assert failed.status.description == "ProviderError"
    assert failed.events == ()


def test_what_is_asked_for_again_goes_on_in_the_same_trace(run, spans):
    ask(run, 2)
    Run.objects.filter(speech=run.speech, number=2).update(status=Run.Status.FAILED)
    ask(run, 2)
    asked, again = spans()
    assert (asked.name, again.name) == ("ask", "ask again")
    assert again.parent.span_id == asked.context.span_id
    assert again.context.span_id != asked.context.span_id


def test_another_run_is_another_trace():
    assert len({tracing.ids_of(speech, n) for speech in ("a", "b") for n in (1, 2)}) == 4


def test_without_a_collector_nothing_is_traced(run, monkeypatch):
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    monkeypatch.setattr(tracing, "_provider", tracing._provider.__wrapped__)
    assert tracing._provider() is None
    carry(run, engines())
    assert run.status == Run.Status.READY
    assert runner.FIRST_SPOKEN == "speech"


def test_without_the_packages_evaluations_go_on(run, monkeypatch, caplog):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.example:4318")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace.export", None)
    monkeypatch.setattr(tracing, "_provider", functools.cache(tracing._provider.__wrapped__))
    carry(run, engines())
    assert run.status == Run.Status.READY
    assert [record.message for record in caplog.records if "no traces" in record.message]


def test_with_a_collector_spans_are_sent_to_it(monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.example:4318/")
    provider = tracing._provider.__wrapped__()
    assert provider is not None
    processors: Any = provider._active_span_processor._span_processors
    [processor] = processors
    assert processor.span_exporter._endpoint == "http://collector.example:4318/v1/traces"
    provider.shutdown()


def test_who_wants_traces_is_told_what_is_missing(monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.example:4318")
    assert checks.telemetry(None) == []
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert [fault.id for fault in checks.telemetry(None)] == ["speechcoach.E004"]
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT")
    assert checks.telemetry(None) == []
