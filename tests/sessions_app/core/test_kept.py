from hypothesis import given
from hypothesis import strategies as st

from sessions_app.core.kept import KeptAudio


def samples(count: int, first: int = 0) -> bytes:
    return b"".join((first + at).to_bytes(2, "little") for at in range(count))


def test_what_is_forgotten_is_gone_and_the_rest_keeps_its_place():
    kept = KeptAudio(100, limit=50)
    kept.push(samples(10))
    assert kept.forget(104) == 4
    assert (kept.first, kept.end) == (104, 110)
    assert kept.read(106, 2) == samples(2, first=6)
    assert kept.read(100, 1) == samples(1, first=4)
    assert kept.read(110, 5) == b""


def test_it_is_full_beyond_its_limit():
    kept = KeptAudio(0, limit=5)
    kept.push(samples(5))
    assert not kept.full
    kept.push(samples(1))
    assert kept.full


@given(st.lists(st.integers(0, 9), max_size=20), st.lists(st.integers(0, 150), max_size=20))
def test_a_sample_is_read_where_it_was_pushed(pushes, forgotten):
    kept = KeptAudio(0, limit=1_000)
    end = 0
    for count in pushes:
        kept.push(samples(count, first=end))
        end += count
    for sample in forgotten:
        kept.forget(sample)
    assert kept.end == end
    assert kept.read(kept.first, 1_000) == samples(end - kept.first, first=kept.first)
