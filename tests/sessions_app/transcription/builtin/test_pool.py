import asyncio

import pytest

from sessions_app.transcription.builtin.pool import DecoderPool
from sessions_app.transcription.builtin.process import DecoderProcess


class Counting:
    """Starts processes that read and never answer; the pool does not mind."""

    def __init__(self) -> None:
        self.started: list[DecoderProcess] = []

    def __call__(self) -> DecoderProcess:
        self.started.append(DecoderProcess(["cat"]))
        return self.started[-1]


@pytest.fixture
async def start():
    made = Counting()
    yield made
    for process in made.started:
        process.close()


async def test_nothing_is_started_before_it_is_needed_and_processes_are_reused(start):
    pool = DecoderPool(2, start)
    assert start.started == []
    first = await pool.lease("live")
    pool.release("live", first)
    assert await pool.lease("live") is first
    assert len(start.started) == 1


async def test_a_dead_process_is_replaced(start):
    pool = DecoderPool(1, start)
    first = await pool.lease("live")
    first.close()
    pool.release("live", first)
    second = await pool.lease("live")
    assert second is not first
    assert second.alive


async def test_live_streams_wait_in_order_and_a_final_pass_does_not_wait_for_them(start):
    pool = DecoderPool(1, start)
    first = await pool.lease("live")
    assert not pool.available("live")
    waiting = [asyncio.create_task(pool.lease("live")) for _ in range(3)]
    final = await pool.lease("final")
    pool.release("final", final)
    assert not any(task.done() for task in waiting)
    waiting[1].cancel()
    await asyncio.wait([waiting[1]])
    pool.release("live", first)
    pool.release("live", await waiting[0])
    pool.release("live", await waiting[2])
    assert pool.available("live")


async def test_a_waiter_whose_loop_has_ended_is_passed_over(start):
    pool = DecoderPool(1, start)
    first = await pool.lease("live")

    def wait_in_a_loop_that_ends() -> None:
        loop = asyncio.new_event_loop()
        task = loop.create_task(pool.lease("live"))
        loop.run_until_complete(asyncio.sleep(0))
        abandoned.append(task)
        loop.close()

    abandoned: list[asyncio.Task[DecoderProcess]] = []
    await asyncio.to_thread(wait_in_a_loop_that_ends)
    pool.release("live", first)
    assert await pool.lease("live") is first


async def test_warming_starts_a_process_and_waits_for_its_models():
    pool = DecoderPool(2)
    await pool.warm()
    process = await pool.lease("live")
    assert process.ready.is_set()
    pool.release("live", process)
    await pool.aclose()
    assert not process.alive


async def test_closing_ends_what_is_idle_and_what_is_lent(start):
    pool = DecoderPool(2, start)
    lent, idle = await pool.lease("live"), await pool.lease("live")
    pool.release("live", idle)
    await pool.aclose()
    assert not lent.alive
    assert not idle.alive
    pool.release("live", lent)
