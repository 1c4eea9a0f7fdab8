"""The built-in evaluator on twelve speeches: it names what was done, quotes it, and repeats itself
in no two of them."""

import functools
from itertools import combinations

import pytest

from evaluations.core.evidence import grounded, is_enough
from evaluations.core.metrics import measure
from evaluations.core.prose import split_sentences
from evaluations.core.script import fit, render
from evaluations.core.series import AudioSeries
from evaluations.core.shapes import Brief, ProjectContext
from evaluations.core.styles import STYLES
from evaluations.core.tone import violations
from evaluations.evaluator.builtin.compose import compose
from tests.corpus.naming import is_named
from tests.corpus.script import names, read
from tests.corpus.timing import bare, timed

# A slow voice's, which leaves the fewest words.
LIMIT, RATE = 120, 140


@functools.cache
def heard(name, form="punctuated"):
    script = read(name)
    transcript = timed(script) if form == "punctuated" else bare(timed(script))
    engines = {"transcript": "builtin" if form == "bare" else "deepgram"}
    return transcript, measure(transcript, AudioSeries(transcript.words[-1].end_time + 1), engines)


@functools.cache
def evaluated(name, form="punctuated", style="classic", limit=LIMIT):
    script = read(name)
    project = ProjectContext(
        speech_title=script.title, project_type=script.kind, objectives=script.objectives
    )
    brief = Brief(
        speaker_name=script.speaker, project=project, style=style, time_limit_seconds=limit
    )
    transcript, metrics = heard(name, form)
    return compose(brief, transcript, metrics, "full")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("form", ["punctuated", "bare"])
def test_every_quote_was_said_and_nothing_breaks_the_tone(style, form):
    for name in names():
        evaluation = evaluated(name, form, style)
        assert grounded(evaluation, heard(name, form)[0]) == evaluation
        assert violations(render(evaluation)) == []
        assert is_enough(evaluation)
        assert "{" not in render(evaluation)
        assert "“”" not in render(evaluation)


@pytest.mark.parametrize("form", ["punctuated", "bare"])
def test_no_two_speeches_share_a_sentence(form):
    said = {
        name: {
            sentence
            for item in evaluated(name, form).items
            for text in (item.summary, item.explanation)
            for sentence in split_sentences(text)
        }
        for name in names()
    }
    for one, other in combinations(names(), 2):
        assert not said[one] & said[other], (one, other)


@pytest.mark.parametrize("style", STYLES)
def test_no_two_speeches_share_a_remark_in_any_style(style):
    remarks = [
        (item.summary, item.explanation)
        for name in names()
        for item in evaluated(name, style=style).items
    ]
    assert len(set(remarks)) == len(remarks)


def test_what_is_marked_is_named_in_what_is_spoken():
    """All of a speech's main strengths and its weakness, in four speeches of five."""
    missing = {}
    for name in names():
        script, fitted = read(name), fit(evaluated(name), LIMIT, RATE)
        kinds = {
            kind: " ".join(
                f"{item.summary} {item.explanation}"
                for item in fitted.evaluation.items
                if item.type == kind
            )
            for kind in ("commendation", "recommendation")
        }
        lacks = [one for one in script.strengths if not is_named(one, kinds["commendation"])]
        lacks += [one for one in script.weaknesses if not is_named(one, kinds["recommendation"])]
        if lacks:
            missing[name] = lacks
    assert len(missing) <= 0.2 * len(names()), missing


def test_ten_runs_say_the_same():
    for name in names():
        runs = set()
        for _ in range(10):
            evaluated.cache_clear()
            runs.add(evaluated(name).model_dump_json())
        assert len(runs) == 1


def test_one_thing_for_next_time():
    for name in names():
        assert render(evaluated(name)).count("For next time, one thing:") == 1


def test_what_to_try_is_shown_on_the_speakers_own_words():
    for name in names():
        said = " ".join(word.word for word in bare(heard(name)[0]).words)
        for item in evaluated(name).items:
            if item.type == "recommendation":
                quoted = item.explanation.lower().split("“")[1:]
                examples = [part.split("”")[0].strip(".,;:!? ") for part in quoted]
                assert any(example and example in said for example in examples) or (
                    "fillers" in read(name).weaknesses
                )


@pytest.mark.parametrize("limit", [30, 45, 60, 90, 120, 300, 600])
@pytest.mark.parametrize("style", STYLES)
def test_every_speech_fits_every_limit_and_says_what_it_shows(style, limit):
    for name in names():
        fitted = fit(evaluated(name, style=style, limit=limit), limit, RATE)
        assert fitted.script == render(fitted.evaluation)
        assert fitted.estimated_seconds <= limit
