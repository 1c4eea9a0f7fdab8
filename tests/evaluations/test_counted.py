"""What a run leaves in the figures of all processes."""

import pytest

from evaluations.models import Run
from evaluations.pipeline import STAGES
from speechcoach.errors import ProviderError, Reason
from speechcoach.metrics import shared
from speechcoach.metrics.shared import OwnStore
from tests.evaluations.runs import HumSynthesizer, carry, engines
from tests.figures import figures

AWAY = ProviderError(Reason.UNAVAILABLE, "away")


class AwayEvaluator:
    name = "openai:away"

    async def evaluate(self, *_):
        raise AWAY


@pytest.fixture(autouse=True)
def _own_store(monkeypatch) -> None:
    own = OwnStore()
    monkeypatch.setattr(shared, "store", lambda: own)


def test_each_stage_of_a_run_is_measured_and_its_end(run):
    carry(run, engines())
    assert run.status == Run.Status.READY
    found = figures()
    name = "speechcoach_stage_seconds_count"
    counted = {key[-1]: value for key, value in found.items() if key[0] == name}
    assert counted == {stage.name: 1 for stage in STAGES}
    assert found["speechcoach_run_seconds_count", "ready"] == 1
    assert not any(key[0].startswith("speechcoach_engine_failures") for key in found)


def test_who_gave_nothing_is_counted_with_the_reason(run):
    mute = HumSynthesizer("openai:mute", error=AWAY)
    carry(run, engines(evaluator=AwayEvaluator(), synthesizer=mute, spare_voice=HumSynthesizer()))
    found = figures()
    name, reason = "speechcoach_engine_failures_total", Reason.UNAVAILABLE.value
    assert found[name, "openai:away", reason, "draft"] == 1
    assert found[name, "openai:mute", reason, "speech"] == 1
