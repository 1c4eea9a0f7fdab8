"""A speech is not lost: not with its connections, not with its server's process, not with both."""

import random

import pytest

from tests.faults.recording_client import CUTS, RecordingClient, moments, recording_client
from tests.faults.whole_speech import (
    SAMPLES,
    check_captions,
    check_whole,
    finish,
    samples_of,
    set_up,
)
from tests.speech import SAMPLE_RATE


async def lose(client: RecordingClient, rng: random.Random) -> None:
    """Cut the connection somehow, and speak on for up to two seconds."""
    if rng.random() < 0.2:
        await client.acknowledged_to(client.sent)
    await client.cut(rng.choice(CUTS))
    client.capture(client.captured + rng.randrange(2 * SAMPLE_RATE))


@pytest.mark.parametrize("seed", [1, 2])
async def test_twenty_cuts(memory_server, seed):
    rng = random.Random(seed)
    async with recording_client(memory_server, samples_of(seed)) as client:
        await set_up(client)
        for moment in moments(rng, 20, SAMPLES):
            await client.speak(max(moment, client.captured))
            await lose(client, rng)
            await client.connect()
        await finish(client)
        await check_whole(client)
        check_captions(client)
    assert len(client.connections) == 21
    assert client.replayed, "no cut came before the server had everything"


async def test_five_kills(redis_killable):
    rng = random.Random(3)
    async with recording_client(redis_killable.server, samples_of(3)) as client:
        await set_up(client)
        for moment in moments(rng, 5, SAMPLES):
            await client.speak(max(moment, client.captured))
            await redis_killable.kill()
            await client.lost()
            client.capture(client.captured + rng.randrange(2 * SAMPLE_RATE))
            await redis_killable.start()
            await client.connect()
        await finish(client)
        await check_whole(client)
        check_captions(client)


async def test_cuts_and_kills(redis_killable):
    rng = random.Random(4)
    async with recording_client(redis_killable.server, samples_of(4)) as client:
        await set_up(client)
        for number, moment in enumerate(moments(rng, 25, SAMPLES)):
            await client.speak(max(moment, client.captured))
            await lose(client, rng)
            if number % 5 == 2:
                await redis_killable.kill()
                await redis_killable.start()
            await client.connect()
        await finish(client)
        await check_whole(client)
        check_captions(client)
