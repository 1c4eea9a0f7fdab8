"""What the bench measures with, and the fast measures themselves: that they run, not how fast."""

import os

import pytest

from tests.bench import audio
from tests.bench.club_pages import club_pages
from tests.bench.figures import percentiles, rounded, slope
from tests.bench.machine import machine
from tests.bench.processes import cpu_seconds, resident_bytes
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
