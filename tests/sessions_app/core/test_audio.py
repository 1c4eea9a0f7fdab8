import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sessions_app.core.audio import MAX_CHUNK_BYTES, Blocks, Windower, Windows, refusal, rms


def test_an_even_chunk_within_the_limit_is_accepted():
    assert refusal(b"") is None
    assert refusal(bytes(1_600)) is None
    assert refusal(bytes(MAX_CHUNK_BYTES)) is None


@pytest.mark.parametrize("size", [1, 1_601, MAX_CHUNK_BYTES + 1, MAX_CHUNK_BYTES + 2])
def test_anything_else_is_refused_in_words_that_clients_know(size):
    assert "multiple of 2" in (refusal(bytes(size)) or "")


@given(
    st.lists(st.binary(max_size=5_000).map(lambda b: b[: len(b) // 2 * 2]), max_size=10),
    st.integers(1, 3),
)
def test_blocks_are_the_same_however_the_samples_were_cut(chunks, together):
    blocks = Blocks(together)
    given = [windows for chunk in chunks if (windows := blocks.push(chunk)) is not None]
    whole = b"".join(chunks)
    pcm = b"".join(windows.samples.tobytes() for windows in given)
    assert pcm == whole[: len(whole) // (1_600 * together) * 1_600 * together]
    assert all(windows.samples.shape == (len(windows), 800) for windows in given)
    rest = blocks.rest()
    pcm += rest.samples.tobytes() if rest is not None else b""
    assert pcm == whole[: len(whole) // 1_600 * 1_600]


@given(arrays(np.int16, (6, 800)))
def test_levels_are_the_same_whichever_windows_are_given_together(samples):
    whole = Windows.of(samples.astype("<i2").tobytes()).levels
    alone = [Windows.of(window.astype("<i2").tobytes()).levels[0] for window in samples]
    assert whole == alone
    squares = [sum(int(sample) ** 2 for sample in window) / 800 for window in samples]
    assert whole == pytest.approx([square**0.5 for square in squares])


def test_levels_at_full_scale_do_not_overflow():
    pcm = np.full(800, -32_768, dtype="<i2").tobytes()
    assert Windows.of(pcm).levels == [32_768]


@given(st.lists(st.binary(max_size=5_000).map(lambda b: b[: len(b) // 2 * 2]), max_size=10))
def test_windows_are_the_same_however_the_samples_were_cut(chunks):
    windower = Windower(100)
    windows = [window for chunk in chunks for window in windower.push(chunk)]
    whole = b"".join(chunks)
    assert b"".join(w.tobytes() for w in windows) == whole[: len(whole) // 200 * 200]
    assert all(window.shape == (100,) for window in windows)


def test_rms_at_full_scale_does_not_overflow():
    assert rms(np.full(800, -32_768, dtype=np.int16)) == pytest.approx(32_768)
