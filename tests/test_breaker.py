"""The breaker, driven through its states by a clock that is turned by hand."""

import threading

import pytest

from speechcoach.breaker import Breaker, BreakerPolicy, Breakers, BreakerState
from speechcoach.errors import ProviderError, Reason

POLICY = BreakerPolicy(failures=2, cool_down_seconds=10, most_seconds=30)


class Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def breaker(time: Time) -> Breaker:
    return Breaker(POLICY, time)


def fail(breaker: Breaker, reason: Reason = Reason.UNAVAILABLE) -> None:
    with pytest.raises(ProviderError), breaker.guarding():
        raise ProviderError(reason, "It failed.")


def call(breaker: Breaker) -> None:
    with breaker.guarding():
        pass


def state(breaker: Breaker) -> BreakerState:
    """Through a function, so that mypy does not take it for constant."""
    return breaker.state


def refused(breaker: Breaker) -> ProviderError:
    with pytest.raises(ProviderError, match="left alone") as caught, breaker.guarding():
        pytest.fail("it was let through")
    return caught.value


def test_failures_in_a_row_open_it(breaker):
    fail(breaker)
    call(breaker)
    fail(breaker)
    assert state(breaker) is BreakerState.CLOSED
    fail(breaker)
    assert (breaker.state, breaker.reason) == (BreakerState.OPEN, Reason.UNAVAILABLE)


def test_while_open_nobody_is_let_through_and_is_told_how_long(breaker, time):
    fail(breaker)
    fail(breaker)
    time.seconds = 4
    assert refused(breaker).retry_after == 6


@pytest.mark.parametrize("reason", [Reason.CREDENTIALS, Reason.QUOTA])
def test_what_stays_wrong_opens_it_at_once(breaker, reason):
    fail(breaker, reason)
    assert state(breaker) is BreakerState.OPEN


@pytest.mark.parametrize("reason", [Reason.BAD_INPUT, Reason.BAD_OUTPUT])
def test_an_engine_that_answers_is_there(breaker, reason):
    fail(breaker)
    fail(breaker, reason)
    fail(breaker)
    assert state(breaker) is BreakerState.CLOSED


def test_after_the_cool_down_one_trial_is_let_through(breaker, time):
    fail(breaker)
    fail(breaker)
    time.seconds = 10
    assert state(breaker) is BreakerState.HALF_OPEN
    with breaker.guarding():
        refused(breaker)
    assert state(breaker) is BreakerState.CLOSED
    assert breaker.reason is None


def test_a_failed_trial_doubles_the_cool_down_up_to_the_most(breaker, time):
    fail(breaker)
    fail(breaker)
    waits = []
    for _ in range(4):
        waits.append(refused(breaker).retry_after)
        time.seconds += waits[-1]
        fail(breaker)
    assert waits == [10, 20, 30, 30]


def test_an_abandoned_trial_leaves_room_for_the_next(breaker, time):
    fail(breaker)
    fail(breaker)
    time.seconds = 10
    with pytest.raises(KeyboardInterrupt), breaker.guarding():
        raise KeyboardInterrupt
    assert state(breaker) is BreakerState.HALF_OPEN
    call(breaker)
    assert state(breaker) is BreakerState.CLOSED


def test_calls_under_way_when_it_opens_do_not_lengthen_the_cool_down(breaker):
    first, second = breaker.guarding(), breaker.guarding()
    error = ProviderError(Reason.CREDENTIALS, "It failed.")
    for call_under_way in (first, second):
        call_under_way.__enter__()
    for call_under_way in (first, second):
        assert not call_under_way.__exit__(ProviderError, error, None)
    assert refused(breaker).retry_after == 10


def test_each_vendor_and_club_has_its_own(time):
    breakers = Breakers(POLICY, time)
    fail(breakers.of("one", 1), Reason.QUOTA)
    assert breakers.of("one", 1).state is BreakerState.OPEN
    assert breakers.of("one", 2).state is BreakerState.CLOSED
    assert breakers.of("two", 1).state is BreakerState.CLOSED
    assert breakers.known(1).keys() == {"one", "two"}


def test_of_many_threads_one_has_the_trial(breaker, time):
    fail(breaker)
    fail(breaker)
    time.seconds = 10
    inside, outcomes = threading.Barrier(8), []

    def attempt() -> None:
        inside.wait()
        try:
            with breaker.guarding():
                outcomes.append("in")
                release.wait()
        except ProviderError:
            outcomes.append("out")
            if outcomes.count("out") == 7:
                release.set()

    release = threading.Event()
    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["in", *["out"] * 7]
