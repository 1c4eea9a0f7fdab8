"""The search for the largest number of sessions that are held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.search import FIRST, STEP, Tried, most_held, next_sessions


def search(capacity: int, *, most: int = 1_500, precision: float = 0.05) -> list[Tried]:
    """Everything that is tried with a server that holds ``capacity``."""
    tried: list[Tried] = []
    while (n := next_sessions(tried, most=most, precision=precision)) is not None:
        assert len(tried) < 50, "the search does not end"
        tried.append(Tried(n, n <= capacity, min(1.0, n / max(1, capacity))))
    return tried


@given(capacity=st.integers(1, 3_000), most=st.integers(STEP, 2_000))
def test_it_ends_near_the_capacity_and_tries_nothing_twice(capacity, most):
    tried = search(capacity, most=most)
    numbers = [one.sessions for one in tried]
    assert len(set(numbers)) == len(numbers)
    assert max(numbers) <= most
    best, reachable = most_held(tried), min(capacity, most)
    assert best <= reachable
    assert reachable - best <= max(2 * STEP, 0.05 * reachable + STEP)


def test_a_server_far_from_its_end_is_not_approached_in_small_steps():
    assert len(search(800)) <= 8


def test_what_failed_once_is_not_believed_when_it_is_held_later():
    tried = [Tried(FIRST, True, 0.5), Tried(100, False, 1.0), Tried(120, True, 0.9)]
    assert most_held(tried) == FIRST


@pytest.mark.parametrize("tried", [[], [Tried(FIRST, False, 1.0)]])
def test_nothing_held_is_none(tried):
    assert most_held(tried) == 0
