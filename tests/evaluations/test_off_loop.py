"""What grows with a speech is never done on the loop that other sessions wait for."""

import asyncio
import threading
from functools import wraps

import pytest

from evaluations import drafting, pipeline
from evaluations.core import evidence
from evaluations.core.series import SeriesBuilder
from evaluations.core.shapes import Brief
from evaluations.evaluator import builtin
from evaluations.evaluator.builtin import BuiltinEvaluator
from evaluations.pipeline import STAGES, LiveTranscriptShape, Recording, Work
from evaluations.roles.registry import role_ids
from evaluations.speech.encoding import AudioFileWriter
from tests.evaluations.runs import engines

HEAVY = {
    (SeriesBuilder, "push"),
    (pipeline, "measure"),
    (pipeline, "reports"),
    (builtin, "compose"),
    (evidence, "grounded"),
    (AudioFileWriter, "write"),
    (drafting.Drafting, "_founded"),
    (drafting.Drafting, "_unfounded"),
}


class Vendor(BuiltinEvaluator):
    """A vendor, whose draft is checked otherwise than the floor's."""

    name = "vendor"


@pytest.fixture
def seen(monkeypatch):
    """Who did each of ``HEAVY``: the threads by name."""
    found: dict[str, set[int]] = {}

    def watched(name, function):
        @wraps(function)
        def call(*args, **kwargs):
            found.setdefault(name, set()).add(threading.get_ident())
            return function(*args, **kwargs)

        return call

    for owner, name in HEAVY:
        monkeypatch.setattr(owner, name, watched(name, getattr(owner, name)))
    return found


async def test_the_analysis_leaves_the_loop_to_others(seen):
    work = Work(
        recording=Recording(
            club_id=1, speech_id="", samples=27 * 16_000, live=LiveTranscriptShape()
        ),
        brief=Brief(speaker_name="Ada", roles=role_ids()),
    )
    with_vendor = engines(evaluator=Vendor())
    for stage in STAGES:
        outcome = await stage.run(work, with_vendor)
        work.results[stage.name], work.engines[stage.name] = outcome.result, outcome.engine
    grounded = asyncio.to_thread(evidence.grounded, work.evaluation("draft"), work.transcript)
    assert await grounded == work.evaluation("evidence")
    assert set(seen) == {name for _, name in HEAVY}
    here = threading.get_ident()
    assert {name for name, threads in seen.items() if here in threads} == set()
