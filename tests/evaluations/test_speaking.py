"""The sound of a script lasts as long as it may, whatever the voice promised."""

import functools

import pytest

from evaluations.billing import Bill
from evaluations.core.metrics import measure
from evaluations.core.script import fit, render
from evaluations.core.series import AudioSeries
from evaluations.core.shapes import Brief
from evaluations.evaluator.builtin.compose import compose
from evaluations.speaking import SPEAKINGS, VENDOR_SPEAKINGS, speak
from evaluations.speech.builtin.espeak_process import EspeakSynthesizer
from tests.evaluations.runs import HumSynthesizer
from tests.evaluations.speeches import BOAT, PUNCTUATED, spoken


@functools.cache
def evaluation(text, style, limit):
    transcript = spoken(text)
    metrics = measure(transcript, AudioSeries(transcript.words[-1].end_time + 1), {})
    brief = Brief(speaker_name="Ana Ruiz", style=style, time_limit_seconds=limit)
    return compose(brief, transcript, metrics, "full")


def scripted(limit, rate, text=BOAT, style="classic"):
    return fit(evaluation(text, style, limit), limit, rate)


@pytest.mark.parametrize("limit", [30, 60, 120, 600])
@pytest.mark.parametrize("slower", [1.0, 1.05, 1.2, 1.6])
async def test_a_script_is_cut_by_how_long_it_really_takes(limit, slower):
    voice = HumSynthesizer(words_per_minute=200, slower_than_promised=slower)
    said = await speak(scripted(limit, 200), limit, voice, voice, Bill())
    assert said.sound is not None
    assert said.sound.duration_seconds <= limit
    assert said.scripted.script == voice.said[-1] == render(said.scripted.evaluation)
    # Nothing is spoken again that was too long already.
    assert len(set(voice.said)) == len(voice.said) <= SPEAKINGS


async def test_what_cannot_be_cut_any_more_is_spoken_once():
    voice = HumSynthesizer(slower_than_promised=9)
    shortest = fit(evaluation(BOAT, "classic", 30), 1, 150)
    said = await speak(shortest, 30, voice, voice, Bill())
    assert voice.said == [shortest.script]
    assert said.sound is not None


async def test_a_vendor_that_stays_too_slow_leaves_the_script_to_the_built_in_voice():
    vendor, floor = HumSynthesizer(name="vendor", slower_than_promised=9), HumSynthesizer()
    said = await speak(scripted(60, 150), 60, vendor, floor, Bill())
    assert said.engine == floor.name
    assert said.scripted == scripted(60, 150)
    assert len(vendor.said) == VENDOR_SPEAKINGS


@pytest.mark.parametrize(
    ("limit", "style", "text"),
    [(30, "holistic", PUNCTUATED), (45, "radical_candour", BOAT), (75, "classic", BOAT)],
)
async def test_the_voice_that_is_always_there_keeps_to_the_limit(limit, style, text):
    voice = EspeakSynthesizer()
    script = scripted(limit, voice.words_per_minute, text, style)
    said = await speak(script, limit, voice, voice, Bill())
    assert said.sound is not None
    # Not by saying next to nothing.
    assert limit / 2 <= said.sound.duration_seconds <= limit
