"""Contract, sections 1 and 5: where a session and a club end."""

from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from sessions_app.core.audio import BYTES_PER_SECOND, MAX_CHUNK_BYTES, MAX_SPEECH_SECONDS
from tests.server import SCRIPT, Client, Server, serving, session, sign_in, socket

STATUSES_PER_SECOND = 4
AHEAD_SECONDS = 60
"""How far the client runs ahead of what the server has said of the sound."""


async def speak(client: Client, size: int) -> None:
    """Send ``size`` bytes of silence in the largest frames, as fast as the server keeps up."""
    told = sent = 0
    while sent < size:
        await client.socket.send(bytes(min(MAX_CHUNK_BYTES, size - sent)))
        sent += MAX_CHUNK_BYTES
        while told < (sent / BYTES_PER_SECOND - AHEAD_SECONDS) * STATUSES_PER_SECOND:
            frame = await client.next()
            told += isinstance(frame, dict) and frame["type"] == "vad_status"


async def test_the_longest_speech_is_stopped_as_by_the_operator(server):
    async with session(server) as client:
        await client.start()
        await speak(client, (MAX_SPEECH_SECONDS - 1) * BYTES_PER_SECOND)
        # Audio may run ahead by the longest speech, and what comes now is more than that.
        while not any(told["seconds"] > 1 for told in client.received.of("elapsed_time")):
            await client.next()
        await client.socket.send(bytes(2 * BYTES_PER_SECOND))
        told = await client.expect("error")
        assert "25 minutes" in told["message"]
        assert told["recoverable"] is True
        assert await client.next() == {"type": "state_change", "state": "processing"}
        await client.expect("audio_ack", receivedSamples=MAX_SPEECH_SECONDS * 16_000)
        await client.expect("pipeline_progress", stage="ready")
        final = client.received.of("transcript_update")[-1]
        assert final["replaceFromIndex"] == 0
        assert [segment["text"] for segment in final["segments"]] == [line[0] for line in SCRIPT]
        # The operator's own Stop comes too late, and changes nothing.
        await client.send("stop_recording")
        assert "Invalid state transition" in (await client.expect("error"))["message"]
        await client.send("deliver_evaluation")
        await client.expect("tts_complete")
        await client.send("playback_finished")
        await client.expect("state_change", state="idle")
    assert client.received.states == ["idle", "recording", "processing", "delivering", "idle"]
    assert not client.received.of("audio_format_error")


# Sockets


@pytest.fixture(scope="module")
def small() -> Iterator[Server]:
    """A server for two sockets a person and three a club."""
    with serving(MAX_SOCKETS_PER_USER="2", MAX_SOCKETS_PER_CLUB="3") as running:
        yield running


async def test_a_person_and_a_club_may_not_open_ever_more_sockets(small):
    async with AsyncExitStack() as stack:

        async def opened(person: str, club: str = "harbour") -> Client:
            async with await sign_in(small, f"{person}@{club}.example") as account:
                token = await account.ticket(club)
            return await stack.enter_async_context(socket(small, token))

        clients = [await opened("operator"), await opened("operator")]
        assert await (await opened("operator")).closed() == 4429, "two of the operator's are open"
        clients.append(await opened("owner"))
        for client in clients:
            await client.opened()
        assert await (await opened("officer")).closed() == 4429, "three of the club's are open"
        await (await opened("owner", "riverside")).opened()
        for client in clients:
            await client.send("panic_mute")
            await client.expect("state_change", state="idle")
