"""The whole stack at work: two web processes behind one address, workers, clock, both Redis."""

import asyncio

import pytest

from tests.faults.whole_speech import TEXTS, samples_of
from tests.figures import figures_at
from tests.server import DEADLINE_SECONDS, session, sign_in
from tests.stack.supervised import Stack

pytestmark = pytest.mark.stack


async def test_a_session_from_consent_to_saved_files(stack: Stack) -> None:
    async with session(stack) as client:
        await client.delivered(samples_of(1))
        await client.send("save_outputs")
        saved = await client.expect("outputs_saved")
    async with await sign_in(stack, "member@harbour.example") as member:
        files = [(await member.download(path)).decode("latin1") for path in saved["paths"]]
    assert any(TEXTS[0] in file for file in files)
    # What one process captured, another evaluated; and none of them wrote a word of it down.
    assert "Task evaluations.tasks.evaluate" in stack["evaluate"].written()
    assert TEXTS[0] not in stack.written()
    # Whichever web process is asked, it tells what the workers did.
    for process in stack.web():
        # Another test may have killed it.
        await asyncio.to_thread(process.wait_ready, DEADLINE_SECONDS)
        each = await asyncio.to_thread(figures_at, stack.at(process.name).base_url)
        done = {key[-1] for key in each if key[0] == "speechcoach_stage_seconds_count"}
        assert done >= {"transcript", "draft", "speech"}
        parts = ("broker", "database", "shared memory")
        assert {each["speechcoach_up", part] for part in parts} == {1}
        assert ("speechcoach_queue_messages", "speak") in each


async def test_who_signs_in_at_one_process_is_known_at_the_other(stack: Stack) -> None:
    async with await sign_in(stack) as operator:
        pages = [await operator.request("GET", "/clubs/harbour/sessions/") for _ in range(4)]
    assert {page.status_code for page in pages} == {200}


async def test_the_clock_has_its_work_done(stack: Stack) -> None:
    after = stack["housekeep"].line_count()
    line = "Task sessions_app.tasks.purge_every_club"
    assert await asyncio.to_thread(stack["housekeep"].wait_for, line, 60, after)
