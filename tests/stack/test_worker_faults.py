"""What is lost with a worker, a child of its pool, the broker or the database: nothing, and nothing
is done twice."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluations.runner import PARKED_SENTENCE
from tests.fakes.openai_server import KEY, FakeOpenAI, Request, drafted, openai_server
from tests.fakes.openai_wire import Free, Handler
from tests.server import DEADLINE_SECONDS, SCRIPT, Client, session
from tests.speech import burst
from tests.stack.breakable_postgres import breakable_postgres
from tests.stack.postgres import database
from tests.stack.whole import WholeStack, kill_child, whole_stack
from tests.stack.worker import Process

pytestmark = pytest.mark.stack

RESPONSES, SPEECH = "/v1/responses", "/v1/audio/speech"


class Vendor:
    """OpenAI, whose first draft takes until ``answer``; ``asked`` tells when it was asked."""

    def __init__(self, fake: FakeOpenAI) -> None:
        self.fake = fake
        self.asked = threading.Event()
        self._answers = threading.Event()
        # Charged for when it is given.
        fake.answers(RESPONSES, Free(self._late), drafted())

    def answer(self) -> None:
        self._answers.set()

    def _late(self, handler: Handler, fake: FakeOpenAI, request: Request) -> None:
        self.asked.set()
        while not self._answers.wait(0.01) and not fake.released.is_set():
            pass
        if self._answers.is_set():
            fake.billed.append(RESPONSES)
            drafted().write(handler, fake, request)

    @property
    def variables(self) -> dict[str, str]:
        return {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": self.fake.base_url}


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with openai_server() as fake:
        yield Vendor(fake)


@pytest.fixture
def stack(vendor: Vendor) -> Iterator[WholeStack]:
    with database() as url, whole_stack(url, SCRIPT, vendor.variables) as running:
        yield running


@pytest.fixture
def forgetful_stack() -> Iterator[WholeStack]:
    """Its broker writes nothing down."""
    with database() as url, whole_stack(url, SCRIPT, broker_persists=False) as running:
        yield running


async def give_speech(client: Client) -> None:
    """Up to where its evaluation is asked for."""
    await client.start()
    pcm = burst(20).tobytes()
    await client.send_audio([pcm[at : at + 32_000] for at in range(0, len(pcm), 32_000)])
    await client.send("stop_recording")
    await client.expect("state_change", state="processing")
    await client.expect("audio_ack")
    # Answered once the rows are written that were asked for before it, and their task is sent.
    await client.send("set_time_limit", seconds=600)
    await client.expect("duration_estimate", timeLimitSeconds=600)


async def come(event: Callable[[], Any]) -> Any:
    """What is waited for in a thread."""
    return await asyncio.to_thread(event)


async def said(process: Process, text: str, count: int = 1) -> str:
    """The ``count``th line with ``text``."""
    return (await asyncio.to_thread(process.wait_for_all, text, count))[-1]


async def delivered(client: Client) -> None:
    await client.expect("pipeline_progress", stage="ready")
    await client.send("deliver_evaluation")
    await client.expect_audio()
    await client.expect("tts_complete")


async def test_what_a_killed_worker_had_another_takes(stack, vendor, tmp_path: Path):
    async with session(stack.web.server) as client:
        with stack.clock(tmp_path), stack.worker() as first:
            await give_speech(client)
            assert await come(lambda: vendor.asked.wait(DEADLINE_SECONDS))
            await come(first.kill)
            with stack.worker() as second:
                await delivered(client)
    assert "attempt=2" in second.written()
    # What the first had done the second did not do again, and the vendor was paid once.
    stack.check_done_once()
    assert vendor.fake.billed == [RESPONSES, SPEECH]
    assert len(vendor.fake.calls(RESPONSES)) == 2


async def test_a_run_that_kills_whoever_takes_it_is_parked_and_may_be_asked_for_again(
    forgetful_stack,
):
    stack = forgetful_stack
    async with session(stack.web.server) as client:
        with stack.worker() as worker:
            with stack.web.server.held():
                await give_speech(client)
                for attempt in (1, 2, 3):
                    kill_child(await said(worker, "run begun", attempt))
                told = await client.expect("error")
            assert told["message"] == PARKED_SENTENCE
            assert "run parked" in worker.written()
            await client.send("deliver_evaluation")
            await client.expect_audio()
            await client.expect("tts_complete")
    [(attempts,)] = stack.rows("SELECT attempts FROM evaluations_run")
    assert attempts == 1
    stages = stack.rows("SELECT stage, count(*) FROM evaluations_stageresult GROUP BY stage")
    assert {count for _, count in stages} == {1}


async def test_a_worker_that_is_told_to_end_finishes_what_it_has(forgetful_stack):
    stack = forgetful_stack
    async with session(stack.web.server) as client:
        with stack.worker() as first:
            with stack.web.server.held():
                await give_speech(client)
                await said(first, "run begun")
                first.terminate()
                await said(first, "Warm shutdown")
            assert await come(first.ended) == 0
            # Written by the one, spoken by the other.
            with stack.worker() as second:
                await delivered(client)
    assert first.written().count("run begun") == 1
    assert second.written().count("run begun") == 1
    stack.check_done_once()


async def test_a_broker_that_is_away_at_stop_costs_nothing(forgetful_stack, tmp_path: Path):
    stack = forgetful_stack
    stack.broker.kill()
    async with session(stack.web.server) as client:
        await give_speech(client)
        assert "not sent, the broker is away" in stack.web.server.written()
        stack.broker.start()
        with stack.clock(tmp_path), stack.worker():
            await delivered(client)
        assert client.received.of("error") == []
    stack.check_done_once()


async def test_what_a_broker_has_forgotten_is_sent_again(forgetful_stack, tmp_path: Path):
    stack = forgetful_stack
    async with session(stack.web.server) as client:
        await give_speech(client)
        await come(stack.broker.restart)
        with stack.clock(tmp_path), stack.worker():
            await delivered(client)
    stack.check_done_once()


async def test_what_a_broker_wrote_down_is_there_after_it_was_killed(stack, vendor):
    """Nobody sends it again: there is no clock."""
    vendor.fake.answers(RESPONSES, drafted())
    async with session(stack.web.server) as client:
        await give_speech(client)
        await come(stack.broker.restart)
        with stack.worker():
            await delivered(client)
    stack.check_done_once()
    assert vendor.fake.billed == [RESPONSES, SPEECH]


async def test_the_shared_memory_may_be_lost_once_the_words_are_known(
    stack, vendor, tmp_path: Path
):
    async with session(stack.web.server) as client:
        with stack.clock(tmp_path), stack.worker():
            await give_speech(client)
            assert await come(lambda: vendor.asked.wait(DEADLINE_SECONDS))
            await come(stack.audio.restart)
            vendor.answer()
            await delivered(client)
    stack.check_done_once()
    assert vendor.fake.billed == [RESPONSES, SPEECH]


async def test_a_database_that_is_away_meanwhile_costs_neither_work_nor_money(
    vendor, tmp_path: Path
):
    with (
        breakable_postgres() as postgres,
        whole_stack(postgres.url, SCRIPT, vendor.variables) as stack,
    ):
        async with session(stack.web.server) as client:
            with stack.clock(tmp_path), stack.worker() as worker:
                await give_speech(client)
                assert await come(lambda: vendor.asked.wait(DEADLINE_SECONDS))
                await come(postgres.stop)
                vendor.answer()
                # The draft is there, and cannot be stored.
                await said(worker, "the database does not answer")
                await come(postgres.start)
                await delivered(client)
        stack.check_done_once()
    assert vendor.fake.billed == [RESPONSES, SPEECH]
