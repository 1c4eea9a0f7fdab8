"""What the bench measures with, and the fast measures themselves: that they run, not how fast."""

import os

import httpx
import numpy as np
import pytest

from tests.bench import audio
from tests.bench.club_pages import club_pages
from tests.bench.coach_sound import measured, utterances
from tests.bench.figures import percentiles, rounded, slope
from tests.bench.load import framed, operator
from tests.bench.machine import machine
from tests.bench.processes import cpu_seconds, resident_bytes
from tests.bench.purge import purge
from tests.bench.server import STOCK, pinned_server
from tests.bench.surroundings import surroundings
from tests.bench.vaults import memory_vault


def test_percentiles_are_named_by_rank_and_unit():
    assert percentiles(range(101), "Ms", 10) == {"p50Ms": 500, "p95Ms": 950, "p99Ms": 990}


def test_the_slope_of_a_line():
    assert slope([5, 7, 9, 11]) == pytest.approx(2)


def test_figures_have_four_digits():
    assert rounded(1_234.567) == 1_235


def test_a_process_uses_processor_time_and_memory():
    before = cpu_seconds(os.getpid())
    sum(range(100_000))
    assert cpu_seconds(os.getpid()) > before
    assert resident_bytes(os.getpid()) > 2**20


def test_a_process_that_is_not_there_has_no_clock():
    with pytest.raises(OSError, match=r"No such process|Invalid argument"):
        cpu_seconds(2**22 + 1)


def test_the_sound_comes_in_chunks_of_50_ms():
    assert {len(chunk) for chunk in audio.chunks(2)} == {1_600}
    assert len(audio.chunks(2)) == 40


def test_surroundings_name_what_figures_depend_on():
    found = surroundings()
    assert found["machine"]["cores"] >= 1
    assert found["packages"]["django"]


RATE = 24_000


def tone(*parts: tuple[float, float]) -> np.ndarray:
    """Seconds of 200 Hz at a level each, after one another."""
    levels = np.concatenate([np.full(round(length * RATE), level) for length, level in parts])
    return (levels * np.sin(2 * np.pi * 200 * np.arange(len(levels)) / RATE)).astype(np.float32)


def test_what_was_said_is_found_in_the_sound():
    said = tone((1, 0), (0.5, 0.4), (0.2, 0), (0.5, 0.4), (1, 0.001), (0.5, 0.4), (1, 0))
    found = [edge / RATE for utterance in utterances(said, RATE) for edge in utterance]
    assert found == pytest.approx([1.0, 2.2, 3.2, 3.7], abs=0.01)
    assert utterances(tone((1, 0)), RATE) == []


def test_an_interruption_and_an_answer_are_timed_on_the_sound():
    microphone = tone((2, 0), (1, 0.4), (3, 0), (1, 0.4), (2, 0))
    # Silent 110 ms after the voice, at an edge; an answer 640 ms after it; then in a pause.
    coach = tone((2.11, 0.3), (1.53, 0), (2, 0.3), (2, 0), (1.36, 0.3))
    heard = measured(microphone, coach, RATE)
    assert heard.silenced == [pytest.approx(110, abs=3)]
    assert heard.replied == [pytest.approx(640, abs=6), pytest.approx(640, abs=6)]
    assert heard.pauses == 1


def test_a_click_at_an_interruption_is_a_step():
    microphone = tone((2, 0), (1, 0.4), (1, 0))
    at = round(2.11 * RATE) + 30
    faded = np.array(tone((4, 0.3)))
    faded[at:] = 0
    faded[at - 200 : at] *= np.linspace(1, 0, 200, dtype=np.float32)
    hard = np.array(tone((4, 0.3)))
    hard[at:] = 0
    [soft_step] = measured(microphone, faded, RATE).steps
    [hard_step] = measured(microphone, hard, RATE).steps
    assert soft_step < 1.2 < hard_step


def test_the_machine_is_measured():
    assert machine()["p50Micros"] > 0


def test_the_vault_is_measured():
    measured = memory_vault(30)
    assert 0 < measured["sealedToRaw"] < 1
    assert measured["p50MicrosPerAppend"] > 0


def test_the_pages_of_a_club_are_measured():
    measured = club_pages("", speeches=60, requests=2)
    pages = {"dashboard", "speeches", "lastSpeeches", "meetings", "person"}
    assert all(measured[page]["p50Ms"] > 0 for page in pages)
    assert all(measured[page]["queries"] > 3 for page in pages)


def test_the_retention_clocks_are_measured():
    measured = purge("", speeches=3)
    assert measured["batches"] == 1
    assert measured["speechesPerSecond"] > 0


@pytest.mark.parametrize("kind", STOCK)
async def test_what_is_compared_with_serves_the_same_load(kind):
    with pinned_server(kind, captions_seconds=0, stock=True) as server:
        async with operator(server) as person:
            session = await person.session()
            for frame in framed(audio.chunks(1)):
                session.send(frame)
            await session.heard()
            session.abandon()
    assert session.statuses == 4


async def test_the_production_server_is_measured_with_the_settings_of_production():
    with pinned_server("uvicorn", captions_seconds=0) as server:
        async with operator(server) as person:
            session = await person.session()
            session.abandon()
        async with httpx.AsyncClient() as http:
            page = await http.get(f"{server.base_url}/nowhere/")
    assert page.status_code == httpx.codes.NOT_FOUND
    # Django's own page says so, with DEBUG on.
    assert "DEBUG = True" not in page.text
