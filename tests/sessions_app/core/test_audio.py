import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.core.audio import MAX_CHUNK_BYTES, Windower, refusal, rms


def test_an_even_chunk_within_the_limit_is_accepted():
    assert refusal(b"") is None
    assert refusal(bytes(1_600)) is None
    assert refusal(bytes(MAX_CHUNK_BYTES)) is None


@pytest.mark.parametrize("size", [1, 1_601, MAX_CHUNK_BYTES + 1, MAX_CHUNK_BYTES + 2])
def test_anything_else_is_refused_in_words_that_clients_know(size):
    assert "multiple of 2" in (refusal(bytes(size)) or "")


@given(st.lists(st.binary(max_size=5_000).map(lambda b: b[: len(b) // 2 * 2]), max_size=10))
def test_windows_are_the_same_however_the_samples_were_cut(chunks):
    windower = Windower(100)
    windows = [window for chunk in chunks for window in windower.push(chunk)]
    whole = b"".join(chunks)
    assert b"".join(w.tobytes() for w in windows) == whole[: len(whole) // 200 * 200]
    assert all(window.shape == (100,) for window in windows)


def test_rms_at_full_scale_does_not_overflow():
    assert rms(np.full(800, -32_768, dtype=np.int16)) == pytest.approx(32_768)
