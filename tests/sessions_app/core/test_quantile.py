import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.core.quantile import LevelQuantile

LEVELS = st.lists(st.floats(0, 32_768), min_size=1, max_size=120)


@given(levels=LEVELS, q=st.sampled_from([0.1, 0.5, 0.9]), window=st.sampled_from([None, 1, 7, 50]))
def test_it_agrees_with_sorting_the_window_within_one_bin(levels, q, window):
    quantile = LevelQuantile(q, window)
    for end, level in enumerate(levels, 1):
        quantile.add(level)
        kept = levels[:end] if window is None else levels[max(0, end - window) : end]
        exact = np.quantile(kept, q, method="lower")
        assert quantile.value == pytest.approx(exact, rel=0.025, abs=0.03)


def test_it_is_0_before_the_first_level():
    assert LevelQuantile(0.5).value == 0
