"""The breaker, driven through its states by a clock that is turned by hand."""

import asyncio
import multiprocessing
import threading
import uuid
from collections.abc import Iterator

import pytest
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache

from speechcoach.breaker import Breaker, BreakerPolicy, Breakers, BreakerState
from speechcoach.cache import SharedRedisCache
from speechcoach.errors import ProviderError, Reason
from tests.redis_server import own_redis, redis_url

__all__ = ["redis_url"]

POLICY = BreakerPolicy(failures=2, cool_down_seconds=10, most_seconds=30)
DEADLINE_SECONDS = 120


class Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(params=["own", pytest.param("redis", marks=pytest.mark.stack)])
def store(request) -> Iterator[BaseCache]:
    if request.param == "own":
        yield LocMemCache(uuid.uuid4().hex, {})
        return
    cache = shared(request.getfixturevalue("redis_url"), uuid.uuid4().hex)
    yield cache
    cache.clear()


def shared(url: str, prefix: str) -> SharedRedisCache:
    """A client of its own for a cache that others share."""
    return SharedRedisCache(url, {"KEY_PREFIX": prefix})


@pytest.fixture
def breaker(time: Time, store: BaseCache) -> Breaker:
    return Breaker(POLICY, time, store)


async def fail(breaker: Breaker, reason: Reason = Reason.UNAVAILABLE) -> None:
    with pytest.raises(ProviderError, match="It failed"):
        async with breaker.guarding():
            raise ProviderError(reason, "It failed.")


async def call(breaker: Breaker) -> None:
    async with breaker.guarding():
        pass


def state(breaker: Breaker) -> BreakerState:
    """Through a function, so that mypy does not take it for constant."""
    return breaker.state


async def refused(breaker: Breaker) -> ProviderError:
    with pytest.raises(ProviderError, match="left alone") as caught:
        async with breaker.guarding():
            pytest.fail("it was let through")
    return caught.value


async def test_failures_in_a_row_open_it(breaker):
    await fail(breaker)
    await call(breaker)
    await fail(breaker)
    assert state(breaker) is BreakerState.CLOSED
    await fail(breaker)
    assert (breaker.state, breaker.reason) == (BreakerState.OPEN, Reason.UNAVAILABLE)


async def test_while_open_nobody_is_let_through_and_is_told_how_long(breaker, time):
    await fail(breaker)
    await fail(breaker)
    time.seconds = 4
    assert (await refused(breaker)).retry_after == 6


@pytest.mark.parametrize("reason", [Reason.CREDENTIALS, Reason.QUOTA])
async def test_what_stays_wrong_opens_it_at_once(breaker, reason):
    await fail(breaker, reason)
    assert state(breaker) is BreakerState.OPEN


@pytest.mark.parametrize("reason", [Reason.BAD_INPUT, Reason.BAD_OUTPUT])
async def test_an_engine_that_answers_is_there(breaker, reason):
    await fail(breaker)
    await fail(breaker, reason)
    await fail(breaker)
    assert state(breaker) is BreakerState.CLOSED


async def test_after_the_cool_down_one_trial_is_let_through(breaker, time):
    await fail(breaker)
    await fail(breaker)
    time.seconds = 10
    assert state(breaker) is BreakerState.HALF_OPEN
    async with breaker.guarding():
        await refused(breaker)
    assert state(breaker) is BreakerState.CLOSED
    assert breaker.reason is None


async def test_a_failed_trial_doubles_the_cool_down_up_to_the_most(breaker, time):
    await fail(breaker)
    await fail(breaker)
    waits = []
    for _ in range(4):
        waits.append((await refused(breaker)).retry_after)
        time.seconds += waits[-1]
        await fail(breaker)
    assert waits == [10, 20, 30, 30]


async def test_an_abandoned_trial_leaves_room_for_the_next(breaker, time):
    await fail(breaker)
    await fail(breaker)
    time.seconds = 10
    with pytest.raises(asyncio.CancelledError):
        async with breaker.guarding():
            raise asyncio.CancelledError
    assert state(breaker) is BreakerState.HALF_OPEN
    await call(breaker)
    assert state(breaker) is BreakerState.CLOSED


async def test_calls_under_way_when_it_opens_do_not_lengthen_the_cool_down(breaker):
    first, second = breaker.guarding(), breaker.guarding()
    error = ProviderError(Reason.CREDENTIALS, "It failed.")
    for call_under_way in (first, second):
        await call_under_way.__aenter__()
    for call_under_way in (first, second):
        assert not await call_under_way.__aexit__(ProviderError, error, None)
    assert (await refused(breaker)).retry_after == 10


async def test_each_vendor_and_club_has_its_own(time, store):
    breakers = Breakers(POLICY, time, store)
    await fail(breakers.of("one", 1), Reason.QUOTA)
    assert breakers.of("one", 1).state is BreakerState.OPEN
    assert breakers.of("one", 2).state is BreakerState.CLOSED
    assert breakers.of("two", 1).state is BreakerState.CLOSED
    assert Breakers(POLICY, time).of("one", 1).state is BreakerState.CLOSED


def test_of_many_threads_one_has_the_trial(breaker, time):
    asyncio.run(fail(breaker))
    asyncio.run(fail(breaker))
    time.seconds = 10
    inside, release, outcomes = threading.Barrier(8), threading.Event(), []

    async def attempt() -> None:
        try:
            async with breaker.guarding():
                outcomes.append("in")
                await asyncio.to_thread(release.wait, DEADLINE_SECONDS)
        except ProviderError:
            outcomes.append("out")
            if outcomes.count("out") == 7:
                release.set()

    def run() -> None:
        inside.wait(DEADLINE_SECONDS)
        asyncio.run(attempt())

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_SECONDS)
    assert sorted(outcomes) == ["in", *["out"] * 7]
    assert state(breaker) is BreakerState.CLOSED


def _fails(url: str, prefix: str, times: int) -> None:
    """In a process of its own: calls that all fail, before any of them is refused."""
    breaker = Breakers(BreakerPolicy(failures=6), store=shared(url, prefix)).of("a vendor", 1)
    for _ in range(times):
        asyncio.run(fail(breaker))


@pytest.mark.stack
class TestShared:
    @pytest.fixture
    def prefix(self, redis_url) -> Iterator[str]:
        prefix = uuid.uuid4().hex
        yield prefix
        shared(redis_url, prefix).clear()

    def of_a_process(self, url: str, prefix: str, time: Time) -> Breaker:
        return Breakers(POLICY, time, shared(url, prefix)).of("openai speech", 1)

    def test_failures_in_several_processes_add_up(self, redis_url, prefix):
        context = multiprocessing.get_context("spawn")
        breakers = Breakers(BreakerPolicy(failures=6), store=shared(redis_url, prefix))
        ours = breakers.of("a vendor", 1)
        workers = [context.Process(target=_fails, args=(redis_url, prefix, 2)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(DEADLINE_SECONDS)
        assert [worker.exitcode for worker in workers] == [0, 0]
        asyncio.run(fail(ours))
        assert state(ours) is BreakerState.CLOSED
        asyncio.run(fail(ours))
        assert state(ours) is BreakerState.OPEN

    async def test_what_one_finds_out_holds_for_the_other(self, redis_url, prefix, time):
        web, worker = (self.of_a_process(redis_url, prefix, time) for _ in range(2))
        await fail(worker, Reason.CREDENTIALS)
        assert (web.state, web.reason) == (BreakerState.OPEN, Reason.CREDENTIALS)
        assert (await refused(web)).retry_after == 10
        time.seconds = 10
        async with worker.guarding():
            await refused(web)
        assert web.state is BreakerState.CLOSED
        await call(web)

    async def test_failures_at_the_same_moment_open_it_once(self, redis_url, prefix, time):
        several = [self.of_a_process(redis_url, prefix, time) for _ in range(6)]
        everybody = asyncio.Barrier(len(several))

        async def under_way(breaker: Breaker) -> None:
            async with breaker.guarding():
                await everybody.wait()
                raise ProviderError(Reason.TIMEOUT, "It failed.")

        failed = await asyncio.gather(*map(under_way, several), return_exceptions=True)
        assert {str(error) for error in failed} == {"It failed."}
        assert {(await refused(one)).retry_after for one in several} == {10}

    async def test_without_its_store_everybody_is_let_through(self, tmp_path, time, caplog):
        with own_redis(tmp_path) as url:
            breaker = self.of_a_process(url, "breakers", time)
            await fail(breaker, Reason.QUOTA)
            assert state(breaker) is BreakerState.OPEN
        await call(breaker)
        await fail(breaker)
        assert state(breaker) is BreakerState.CLOSED
        assert "cannot be reached" in caplog.text
