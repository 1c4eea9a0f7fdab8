"""What breaks in the middle of a speech on the whole stack, and what is promised of it then."""

import asyncio

import pytest

from tests.fakes.openai_server import FakeOpenAI
from tests.faults.whole_speech import SAMPLES, TEXTS, check_captions, samples_of
from tests.server import sign_in
from tests.speech import SAMPLE_RATE
from tests.stack import breaking
from tests.stack.breaking import no_room, pause_redis, web_of_session
from tests.stack.once import Mark
from tests.stack.pilot import Pilot, pilot
from tests.stack.play import SPEAKING, Blow, play
from tests.stack.supervised import Stack

pytestmark = pytest.mark.stack


async def speaking(page: Pilot, samples: int) -> None:
    """Agreed, begun, and spoken up to there; the vault has it."""
    await page.set_up()
    await page.begin()
    await page.speak_to(samples)
    await page.heard_to(samples)


async def finished(page: Pilot) -> None:
    """The rest of it, up to the saved files."""
    await page.speak_to(SAMPLES)
    await page.end()
    await page.reach_stage("ready")
    await page.deliver()
    await page.rest()
    await page.save()


async def pages(stack: Stack) -> set[int]:
    """What people who come all at once are answered."""
    async with await sign_in(stack) as operator:
        asked = (operator.request("GET", "/clubs/harbour/sessions/") for _ in range(16))
        return {answer.status_code for answer in await asyncio.gather(*asked)}


async def test_a_web_process_may_be_killed_and_another_replaced_while_somebody_speaks(
    stack: Stack, vendor: FakeOpenAI
) -> None:
    mark = Mark.of(stack, vendor)
    async with pilot(stack, samples_of(31)) as page:
        await speaking(page, SAMPLES // 3)
        first = web_of_session(stack)
        first.crash()
        await page.speak_to(SAMPLES // 2)
        await page.heard_to(SAMPLES // 2)
        second = web_of_session(stack)
        assert second is not first
        told = page.connection
        # Whether all of it has found its way to the vault or not.
        await page.speak_to(SAMPLES * 2 // 3)
        await asyncio.to_thread(second.stop)
        second.start()
        await page.heard_to(SAMPLES * 2 // 3)
        await finished(page)
        assert told.socket.close_code == 1012
        assert page.received.of("error") == []
        check_captions(page)
    assert mark.wrong(page) == []


async def test_a_redis_that_says_nothing_for_ten_seconds_costs_nothing(
    stack: Stack, vendor: FakeOpenAI
) -> None:
    mark = Mark.of(stack, vendor)
    async with pilot(stack, samples_of(32)) as page:
        await speaking(page, SAMPLES // 4)
        pause = asyncio.create_task(pause_redis(stack))
        await asyncio.sleep(0)
        await page.speak_to(SAMPLES // 2)
        await pause
        await page.heard_to(SAMPLES // 2)
        await finished(page)
        check_captions(page)
    assert mark.wrong(page) == []


async def test_a_speech_goes_on_while_the_database_is_away(
    stack: Stack, vendor: FakeOpenAI
) -> None:
    mark = Mark.of(stack, vendor)
    # Each process has connections at hand that will be dead.
    assert await pages(stack) == {200}
    async with pilot(stack, samples_of(33)) as page:
        await speaking(page, SAMPLES // 4)
        connection = page.connection
        stack["postgres"].kill()
        await page.speak_to(SAMPLES)
        await page.heard_to(SAMPLES)
        await page.stop()
        told = await page.expect("error")
        assert "cannot store anything just now" in told["message"]
        await asyncio.to_thread(stack.ready_again, "postgres")
        assert await pages(stack) == {200}
        # Nobody has to ask for it again.
        await page.expect("pipeline_progress", stage="ready")
        await page.deliver()
        await page.rest()
        await page.save()
        assert page.connection is connection
        check_captions(page)
    assert mark.wrong(page) == []


async def test_who_saves_when_the_disk_is_full_is_told_and_has_it_saved_once_there_is_room(
    stack: Stack, vendor: FakeOpenAI
) -> None:
    mark = Mark.of(stack, vendor)
    async with pilot(stack, samples_of(34)) as page:
        await speaking(page, SAMPLE_RATE)
        await page.speak_to(SAMPLES)
        await page.end()
        await page.reach_stage("ready")
        await page.deliver()
        await page.rest()
        with no_room(stack, *breaking.GROWING):
            await page.send("save_outputs")
            told = await page.expect("error")
            assert "cannot store anything just now" in told["message"]
            assert page.received.of("outputs_saved") == []
        await page.expect("outputs_saved")
    assert mark.wrong(page) == []


async def test_a_speech_whose_sound_is_lost_is_evaluated_by_what_was_heard_of_it(
    stack: Stack,
) -> None:
    async with pilot(stack, samples_of(36)) as page:
        await speaking(page, SAMPLES * 2 // 3)
        await page.reach("captions", lambda: len(page.segments) >= len(TEXTS) // 2)
        heard = [segment["text"] for segment in page.segments if segment["isFinal"]]
        stack["volatile"].kill()
        stack.ready_again("volatile")
        await page.speak_to(SAMPLES)
        told = await page.expect("audio_format_error")
        assert "lost audio that it had kept" in told["message"]
        await page.end()
        await page.reach_stage("ready")
        await page.deliver()
        await page.rest()
        saved = await page.save()
        [transcript] = [file for file in saved["files"] if file["name"] == "transcript.txt"]
    assert all(text in transcript["content"] for text in heard)
    assert len(heard) > 3


async def test_who_comes_while_the_shared_memory_restarts_waits_and_is_served(stack: Stack) -> None:
    async with await sign_in(stack) as operator:
        stack["volatile"].crash()
        assert await operator.ticket("harbour")


ROUNDS = (
    [
        Blow(breaking.kill_evaluator, "stopped"),
        Blow(breaking.restart_shared_memory, "ready"),
        Blow(breaking.restart_broker, "resting"),
    ],
    [
        Blow(breaking.restart_broker, SPEAKING, 0.4),
        Blow(breaking.fill_disk, "stopped"),
        Blow(breaking.kill_web, "delivering"),
    ],
)


@pytest.mark.parametrize("blows", ROUNDS)
async def test_a_speech_with_faults_at_random_moments_is_whole(
    stack: Stack, vendor: FakeOpenAI, blows: list[Blow]
) -> None:
    played = await play(stack, vendor, blows, 35)
    assert played.wrong == []
