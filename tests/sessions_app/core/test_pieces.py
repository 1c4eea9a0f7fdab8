from hypothesis import given
from hypothesis import strategies as st

from sessions_app.core.pieces import Pieces

STEPS = st.one_of(st.binary(max_size=9), st.integers(0, 30))


@given(st.lists(STEPS, max_size=30), st.integers(0, 60), st.integers(0, 60))
def test_they_are_what_one_buffer_would_be(steps, begin, end):
    pieces, buffer = Pieces(), b""
    for step in steps:
        if isinstance(step, bytes):
            pieces.push(step)
            buffer += step
        else:
            pieces.forget(step)
            buffer = buffer[step:]
        assert len(pieces) == len(buffer)
        assert pieces.read(0, len(pieces)) == buffer
        assert pieces.read(begin, end) == buffer[begin:end]
