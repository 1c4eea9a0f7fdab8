"""Any speech, all roles: no exception, the same again, nothing that may not be said."""

import logging
import re

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from evaluations.core.alignment import spoken_words
from evaluations.core.prose import split_sentences
from evaluations.core.shapes import Transcript
from evaluations.core.tokens import tokenise
from evaluations.core.tone import violations
from evaluations.roles.registry import ROLES, reports, role_ids
from tests.evaluations.roles.meetings import everything, facts, facts_of
from tests.evaluations.speeches import BOAT, COMPOST, INAUGURAL, PUNCTUATED, spoken

IDS = ("timer", "ah_counter", "grammarian", "table_topics", "general_evaluator")
WORDS = sorted({word for text in (BOAT, COMPOST, PUNCTUATED) for word in text.split()})
ODD = [
    "<b>bold</b>",
    "“quoted”",
    '"said',
    "[noise]",
    "great",
    "job",
    "{name}",
    "*",
    "…",
    "he",
    "don't",
]
# What the reports quote beside the speech: corrections, and the fillers an engine may not hear.
OWN = re.compile(r"the form that agrees is “[^”]*”|“um” and “uh”")


def assert_sayable(result, transcript):
    assert 1 <= len(split_sentences(result.script)) <= 3
    assert result.report.sections
    text = everything(result)
    assert violations(result.script) == []
    for line in text.splitlines():
        assert violations(line) == []
    assert not re.search(r"[<>{}*_`#|\[\]\\]", text)
    said = f" {' '.join(tokenise(' '.join(word.word for word in spoken_words(transcript))))} "
    for quote in re.findall("“([^”]*)”", OWN.sub("", text)):
        assert quote
        assert f" {' '.join(tokenise(quote))} " in said


def test_the_five_roles():
    assert role_ids() == IDS
    assert [role.id for role in ROLES] == list(IDS)


@pytest.mark.parametrize("text", [BOAT, COMPOST, PUNCTUATED, INAUGURAL])
@pytest.mark.parametrize("engine", ["builtin", "deepgram"])
def test_every_role_is_sayable(text, engine):
    told = facts(text, engine=engine)
    results = reports(IDS, told)
    assert tuple(result.role_id for result in results) == IDS
    for result in results:
        assert_sayable(result, told.transcript)


def test_the_order_asked_for_each_once():
    results = reports(("general_evaluator", "timer", "timer"), facts(BOAT))
    assert [result.role_id for result in results] == ["general_evaluator", "timer"]
    assert reports((), facts(BOAT)) == ()


def test_nothing_heard_is_said_by_every_role():
    for result in reports(IDS, facts_of(Transcript())):
        assert_sayable(result, Transcript())


def test_an_unknown_role_is_refused_by_name():
    with pytest.raises(ValueError, match=r"Unknown role “jester”; valid are timer, ah_counter"):
        reports(("timer", "jester"), facts(BOAT))


class Failing:
    id = "timer"
    name = "Timer"

    def report(self, facts):
        raise RuntimeError(facts.transcript.text)


def test_a_role_that_fails_costs_only_itself(caplog):
    with caplog.at_level(logging.ERROR):
        results = reports(IDS, facts(BOAT), (Failing(), *ROLES[1:]))
    assert [result.role_id for result in results] == list(IDS[1:])
    assert "role=timer error=RuntimeError" in caplog.text
    assert "harbour" not in caplog.text


def test_different_speeches_get_different_reports():
    for role_id in IDS:
        texts = {everything(reports([role_id], facts(text))[0]) for text in (BOAT, COMPOST)}
        assert len(texts) == 2


@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    st.lists(
        st.one_of(
            st.sampled_from(WORDS),
            st.sampled_from(ODD),
            st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=8),
        ),
        max_size=80,
    ),
    st.floats(0, 1),
    st.sampled_from(["builtin", "deepgram", ""]),
    st.sampled_from(["", "Table topics", "5-7 minutes", "Great job <b>"]),
)
def test_any_transcript(pieces, confidence, engine, project):
    words = [piece for piece in pieces if not piece.startswith("[")]
    transcript = spoken(" ".join(words), confidence) if words else Transcript()
    told = facts_of(transcript, project_type=project, engine=engine)
    results = reports(IDS, told)
    assert tuple(result.role_id for result in results) == IDS
    assert reports(IDS, told) == results
    for result in results:
        assert_sayable(result, transcript)
