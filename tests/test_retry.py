"""Asking again: the policy as a table, the loop against a clock that is turned by hand."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcoach.clock import within
from speechcoach.errors import ProviderError, Reason
from speechcoach.retry import RetryPolicy, retrying
from tests.virtual_clock import VirtualClock

POLICY = RetryPolicy(attempts=4, base_seconds=1, cap_seconds=5)


def error(reason: Reason = Reason.UNAVAILABLE, retry_after: float | None = None) -> ProviderError:
    return ProviderError(reason, "It failed.", retry_after=retry_after)


def pause(failed: ProviderError, failures: int = 1, left: float = 60, chance: float = 1.0):
    return POLICY.pause(failed, failures=failures, bad_outputs=1, left=left, chance=chance)


class TestPolicy:
    @pytest.mark.parametrize("reason", [reason for reason in Reason if reason.permanent])
    def test_what_cannot_help_is_not_asked_again(self, reason):
        assert pause(error(reason)) is None

    def test_the_ceiling_doubles_up_to_the_cap(self):
        policy = RetryPolicy(attempts=9, base_seconds=1, cap_seconds=5)
        pauses = [
            policy.pause(error(), failures=n, bad_outputs=0, left=60, chance=1) for n in range(1, 6)
        ]
        assert pauses == [1, 2, 4, 5, 5]

    def test_the_last_attempt_is_the_last(self):
        assert pause(error(), failures=3) == 4
        assert pause(error(), failures=4) is None

    def test_what_the_vendor_asks_for_is_waited_for(self):
        assert pause(error(Reason.RATE_LIMIT, retry_after=20), chance=0) == 20

    def test_no_pause_reaches_past_the_deadline(self):
        assert pause(error(Reason.RATE_LIMIT, retry_after=20), left=19) is None

    def test_an_answer_that_was_paid_for_is_asked_for_again_only_where_allowed(self):
        assert pause(error(Reason.BAD_OUTPUT)) is None
        patient = RetryPolicy(bad_outputs=2)
        failed = error(Reason.BAD_OUTPUT)
        assert patient.pause(failed, failures=1, bad_outputs=1, left=60, chance=0) == 0
        assert patient.pause(failed, failures=2, bad_outputs=2, left=60, chance=0) is None

    @given(st.integers(1, 100), st.floats(0, 1), st.floats(0.001, 1e6))
    def test_jitter_is_full_and_bounded(self, failures, chance, left):
        policy = RetryPolicy(attempts=101, base_seconds=0.5, cap_seconds=8)
        seconds = policy.pause(error(), failures=failures, bad_outputs=0, left=left, chance=chance)
        if seconds is not None:
            assert 0 <= seconds <= min(8, 0.5 * 2 ** (failures - 1))
            assert seconds < left


async def test_it_asks_until_it_is_answered():
    left = []

    async def attempt(seconds: float) -> str:
        left.append(seconds)
        if len(left) < 3:
            raise error()
        return "answer"

    clock = VirtualClock(skip=5)
    answer = await retrying(attempt, POLICY, seconds=30, clock=clock, chance=lambda: 1.0)
    assert answer == "answer"
    assert left == [30, 29, 27]


async def test_the_last_failure_is_raised():
    async def attempt(_left: float) -> str:
        raise error(Reason.CREDENTIALS)

    with pytest.raises(ProviderError) as caught:
        await retrying(attempt, POLICY, seconds=30)
    assert caught.value.reason is Reason.CREDENTIALS


async def test_what_hangs_is_cancelled_at_the_deadline():
    clock, ended = VirtualClock(), []

    async def attempt(_left: float) -> str:
        try:
            clock.advance(31)
            await asyncio.Event().wait()
        finally:
            ended.append(True)
        return "never"

    with pytest.raises(ProviderError) as caught:
        await retrying(attempt, POLICY, seconds=30, clock=clock)
    assert caught.value.reason is Reason.TIMEOUT
    assert ended == [True]


async def test_no_time_is_no_attempt():
    asked = []

    async def attempt(_left: float) -> None:
        asked.append(True)

    with pytest.raises(ProviderError):
        await retrying(attempt, POLICY, seconds=0)
    assert not asked


async def test_a_bug_is_not_asked_again():
    asked = []

    async def attempt(_left: float) -> None:
        asked.append(True)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await retrying(attempt, POLICY, seconds=30)
    assert asked == [True]


async def test_giving_up_the_caller_gives_up_the_work():
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waiting = asyncio.ensure_future(within(60, work()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended.is_set()
