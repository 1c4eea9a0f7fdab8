"""Timing, flow and the best moments."""

from evaluations.roles.general_evaluator import GeneralEvaluator
from tests.evaluations.roles.meetings import content_of, facts
from tests.evaluations.speeches import BOAT, COMPOST, PUNCTUATED


def test_timing_flow_and_moments():
    result = GeneralEvaluator().report(facts(BOAT, project_type="Table topics"))
    assert "within the 1 to 2 minutes" in content_of(result, "Timing")
    assert "seven pauses after a finished thought" in content_of(result, "Flow")
    moments = content_of(result, "Best moments").splitlines()
    assert len(moments) == 3
    assert moments[0] == "1:25: “a boat that stays in the harbour is safe”."
    assert result.script.endswith("“a boat that stays in the harbour is safe”.")


def test_pace_outside_the_band_is_told_as_it_was():
    flow = content_of(GeneralEvaluator().report(facts(COMPOST)), "Flow")
    assert flow.startswith("The pace moved between 174 and 186 words a minute.")


def test_signposts_are_quoted():
    flow = content_of(GeneralEvaluator().report(facts(PUNCTUATED)), "Flow")
    assert "Signposts led the way: “first”, “second”, “finally”." in flow
