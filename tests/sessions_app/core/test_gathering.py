"""Pieces on their way into a session."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.core.audio import CHUNK_BYTES, CHUNK_SAMPLES
from sessions_app.core.gathering import Gathering

PIECE = 5 * CHUNK_SAMPLES
CHUNK = bytes(CHUNK_BYTES)


@given(
    st.lists(st.sampled_from([CHUNK_BYTES, CHUNK_BYTES, CHUNK_BYTES, 2, 64_000, 801])),
    st.data(),
)
def test_every_byte_goes_its_way_once_and_in_order(sizes, data):
    gathering = Gathering(lambda: data.draw(st.sampled_from([CHUNK_SAMPLES, PIECE])))
    sent = gone = b""
    for number, size in enumerate(sizes):
        pcm = (b"%d," % number * size)[:size]
        sent += pcm
        gone += b"".join(gathering.push(pcm, len(gone) // 2))
        if data.draw(st.booleans()):
            gone += b"".join(gathering.tick())
    assert gone + b"".join(gathering.take()) == sent


@pytest.mark.parametrize("before", [0, CHUNK_SAMPLES, 3 * CHUNK_SAMPLES, 20 * PIECE + 100])
def test_a_piece_ends_with_the_chunk_that_completes_what_is_due(before):
    gathering, samples = Gathering(lambda: PIECE), before
    for number in range(1, 23):
        for piece in gathering.push(CHUNK, samples):
            samples += len(piece) // 2
        arrived = before + number * CHUNK_SAMPLES
        assert samples // PIECE == arrived // PIECE
        assert (arrived - samples) < PIECE


def test_where_a_piece_is_a_chunk_none_waits():
    gathering = Gathering(lambda: CHUNK_SAMPLES)
    assert gathering.push(CHUNK, 100) == [CHUNK]
    assert gathering.take() == []


def test_what_waits_for_more_goes_when_nothing_comes():
    gathering = Gathering(lambda: PIECE)
    assert gathering.push(CHUNK, 0) == []
    assert gathering.tick() == []
    assert gathering.tick() == [CHUNK]
    assert gathering.tick() == []
    assert gathering.take() == []
