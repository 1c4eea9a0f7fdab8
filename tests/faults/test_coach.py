"""A conversation with the coach is not lost with its server's process; and who takes too much."""

import asyncio
import itertools
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from sessions_app.coach.core.snapshot import CoachSnapshot
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.source import vault_key
from sessions_app.vault.redis import RedisVault
from speechcoach.cache import SharedRedisCache
from tests.coach import RATE, CoachClient, silence, talking, tone
from tests.fakes.openai_realtime import KEY, fake_realtime
from tests.faults.killable import Killable
from tests.server import CANARY, SERVER_KINDS, Server, serving
from tests.stack.breakable_redis import breakable_redis

GROWTH_BYTES = 10 * 2**20
POURED_SECONDS = 600
"""As base64, 38 MB."""


async def said_so_far(client: CoachClient) -> list[str]:
    """What a page is shown of a conversation that goes on."""
    state = await client.expect("coach.state", state="listening")
    assert state["resumed"] is True
    return [
        event["item"]["content"][0]["text"]
        for event in client.received.of("conversation.item.added")
    ]


async def about_pauses(client: CoachClient) -> list[str]:
    """Two turns; their texts."""
    await client.listening()
    wish = f"I want to work on my pauses, {CANARY}"
    await client.say(wish)
    await client.expect("response.done")
    answer = client.received.of("response.output_audio_transcript.done")[-1]["transcript"]
    return [wish, answer]


async def conversation_kept(server: Server, client: CoachClient, texts: list[str]) -> None:
    """Wait until the store has it: what is told is written down a moment later."""
    store = SharedRedisCache(server.environment["REDIS_URL"], {"KEY_PREFIX": "speechcoach.cache"})
    async with asyncio.timeout(30):
        known: list[str] = []
        while known != texts:
            fields = store.get(f"coach.session.{client.session_id}", {"snapshot": "{}"})
            snapshot = CoachSnapshot.model_validate_json(fields["snapshot"])
            known = [item.text for item in snapshot.history]
            await asyncio.sleep(0)


async def sound_kept(server: Server, take_id: str, seconds: float) -> None:
    """Wait until the vault has so much of a take."""
    vault = RedisVault(server.environment["REDIS_URL"])
    async with asyncio.timeout(30):
        for club_id in itertools.cycle(range(1, 4)):
            samples = await vault.length(vault_key(club_id, take_id))
            if samples >= seconds * SAMPLE_RATE:
                return


async def test_a_conversation_outlives_its_process(redis_killable: Killable):
    server = redis_killable.server
    async with talking(server) as client:
        texts = await about_pauses(client)
        await conversation_kept(server, client, texts)
        await redis_killable.kill()
        assert await client.closed() == 1006
    await redis_killable.start()
    async with talking(server, resume=client.session_id) as again:
        assert await said_so_far(again) == texts
        assert again.session_id == client.session_id
        await again.say("Please repeat that")
        await again.expect("response.done")
    assert CANARY not in server.written()


async def test_a_take_outlives_its_process(redis_killable: Killable):
    server = redis_killable.server
    async with talking(server) as client:
        await client.listening()
        await client.send("coach.take", action="start")
        await client.append(tone(2))
        take_id = (await client.expect("coach.take", state="recording"))["takeId"]
        await sound_kept(server, take_id, seconds=1.9)
        await redis_killable.kill()
        await client.closed()
    await redis_killable.start()
    async with talking(server, resume=client.session_id) as again:
        await again.expect("coach.state", state="take")
        [resumed] = again.received.of("coach.take")
        assert (resumed["takeId"], resumed["state"]) == (take_id, "recording")
        assert resumed["seconds"] == pytest.approx(2, abs=0.3)
        await again.send("coach.gap", samples=18 * RATE)
        await again.send("coach.take", action="stop")
        ready = await again.expect("coach.take", state="ready")
        assert ready["seconds"] == pytest.approx(20, abs=0.3)
        assert ready["metrics"]["totalWords"] > 20


async def test_another_process_takes_a_conversation_over(redis_killable: Killable):
    with redis_killable.beside() as other:
        async with talking(redis_killable.server) as older:
            texts = await about_pauses(older)
            async with talking(other, resume=older.session_id) as newer:
                assert await older.closed() == 4409
                assert await said_so_far(newer) == texts
                # And back again, as often as one likes.
                async with talking(redis_killable.server, resume=older.session_id) as back:
                    assert await newer.closed() == 4409
                    assert await said_so_far(back) == texts


async def test_it_goes_on_while_redis_is_away():
    with breakable_redis() as redis, serving("uvicorn", REDIS_URL=redis.url) as server:
        async with talking(server) as client:
            texts = await about_pauses(client)
            await conversation_kept(server, client, texts)
            redis.kill()
            await client.say("Please repeat that")
            await client.expect("response.done")
            redis.start()
            await client.say("What did you hear?")
            await client.expect("response.done")
            answers = client.received.of("response.output_audio_transcript.done")
            again, heard = [answer["transcript"] for answer in answers][-2:]
            texts += ["Please repeat that", again, "What did you hear?", heard]
            # The store has all of it again, though it had lost what it had.
            await conversation_kept(server, client, texts)
        log = server.written()
        assert "store cannot be reached" in log
        assert "pump coach" not in log
        assert "never retrieved" not in log


async def test_nobody_says_or_does_anything(idle: Server):
    async with talking(idle) as client:
        await client.listening()
        # Sound alone is no sign of anybody.
        await client.append(silence(1))
        assert await client.closed() == 4408
        assert client.received.of("coach.state")[-1]["state"] == "listening"


@pytest.fixture
def idle() -> Iterator[Server]:
    with serving("uvicorn", COACH_IDLE_SECONDS="1") as server:
        yield server


@pytest.mark.parametrize("kind", SERVER_KINDS)
async def test_a_page_that_never_reads_is_closed_and_costs_no_memory(kind: str):
    others: dict[str, Any] = {"OPENAI_EVALUATION_MODEL": "", "OPENAI_SPEECH_MODEL": ""}
    async with fake_realtime(pours=POURED_SECONDS) as fake:
        with serving(kind, OPENAI_API_KEY=KEY, OPENAI_BASE_URL=fake.base_url, **others) as server:
            process = psutil.Process(server.own.process.pid)
            async with talking(server) as client:
                await client.listening()
                before = process.memory_info().rss
                client.socket.transport.pause_reading()
                await client.say("Hello")
                # The upstream is hung up on once the page is given up.
                async with asyncio.timeout(30):
                    await fake.connections[0].socket.wait_closed()
                assert process.memory_info().rss - before < GROWTH_BYTES
                client.socket.transport.resume_reading()
                await client.closed()
