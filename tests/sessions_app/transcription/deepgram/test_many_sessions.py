"""Many whole sessions at once, through the real server: nobody hears anybody else's words.

What bounds it is the one core that a process uses, and that final passes run two at a time.
"""

import asyncio
import io
import re
from typing import Any

import numpy as np
import pytest
import soundfile

from sessions_app.rehearsal.account import Account
from tests.fakes.deepgram import FakeDeepgram, Live, Recorded
from tests.fakes.dial_tone import Vocabulary, spoken
from tests.server import Client, Server, serving, sign_in, socket
from tests.speech import cut

SESSIONS = 200
WHOLE_SECONDS = 900.0
FIRST = 1_600
"""Bytes of sound that a session has before all have started."""
WORDS = Vocabulary(
    [word for at in range(SESSIONS) for word in (f"alpha{at}", f"beta{at}", f"gamma{at}")]
)
# Whose connection is cut, and whose request fails, chance decides.
CUTS = (
    Live(drop_after=0.5, close_code=None),
    Live(drop_after=0.8, close_code=1011),
    Live(drop_at_once=True),
)
PLANS = [CUTS[at // 8 % len(CUTS)] if at % 8 == 0 else Live() for at in range(SESSIONS)]
FAULTS = [Recorded(status=500) if at % 20 == 0 else Recorded() for at in range(SESSIONS)]


def leaves(at: int) -> bool:
    """Whether a session's socket is lost in the middle of its speech."""
    return at % 10 == 7


def stops_early(at: int) -> bool:
    """Whether a session is stopped while others speak."""
    return at % 10 == 3


def speech(at: int) -> tuple[str, bytes]:
    text = f"alpha{at} beta{at} gamma{at}"
    said, end = spoken(text)
    return text, WORDS.sound(said, end + 0.4)


def shown(client: Client) -> list[str]:
    """The words as a page shows them."""
    segments: list[dict[str, Any]] = []
    for update in client.received.of("transcript_update"):
        segments[update["replaceFromIndex"] :] = update["segments"]
    return [word["word"] for segment in segments for word in segment["words"]]


def ever_shown(client: Client) -> set[str]:
    return {
        word
        for update in client.received.of("transcript_update")
        for segment in update["segments"]
        for word in segment["text"].split()
    }


class Evening:
    """All sessions have started before anybody speaks, and are heard before anybody stops."""

    def __init__(self, server: Server, accounts: list[tuple[Account, str]]) -> None:
        self._server = server
        self._accounts = accounts
        self._door = asyncio.Semaphore(8)
        self._started = asyncio.Barrier(SESSIONS)
        self._heard = asyncio.Barrier(SESSIONS)

    async def session(self, at: int) -> Client:
        account, club = self._accounts[at % len(self._accounts)]
        text, pcm = speech(at)
        async with self._door:
            opening = socket(self._server, await account.ticket(club, None))
            client = await opening.__aenter__()
        try:
            async with self._door:
                await client.opened()
                await client.start()
                # A recording that nothing comes for is given up after a while.
                await client.send_audio([pcm[:FIRST]])
            await self._started.wait()
            if leaves(at):
                await client.send_audio(cut(pcm[FIRST : len(pcm) // 4 * 2], 8_000))
                client.socket.transport.abort()
                await self._heard.wait()
                return client
            await client.send_audio(cut(pcm[FIRST:], 8_000))
            while shown(client) != text.split():
                await client.expect("transcript_update")
            if not stops_early(at):
                await self._heard.wait()
            await client.send("stop_recording")
            if stops_early(at):
                await self._heard.wait()
            # Three words make no evaluation; what they are is final by then. The last of all waits
            # for the final passes of all others, two at a time, and hears nothing meanwhile.
            client.patience = WHOLE_SECONDS
            await client.expect("pipeline_progress", stage="failed")
        finally:
            await opening.__aexit__(None, None, None)
        return client


@pytest.mark.timeout(WHOLE_SECONDS)
async def test_two_hundred_whole_sessions_at_once_hear_nobody_elses_words():
    async with FakeDeepgram(WORDS, PLANS, FAULTS) as fake:
        with serving(
            "uvicorn",
            script=None,
            AUDIO_MAX_LEAD_SECONDS="1500",
            TRANSCRIBER="auto",
            DEEPGRAM_API_KEY="a-key",
            DEEPGRAM_BASE_URL=fake.base_url,
            MAX_SOCKETS_PER_USER=str(SESSIONS),
            MAX_SOCKETS_PER_CLUB=str(SESSIONS),
            EVALUATIONS_PER_DAY=str(SESSIONS),
        ) as server:
            async with (
                await sign_in(server) as harbour,
                await sign_in(server, "owner@riverside.example") as riverside,
            ):
                evening = Evening(server, [(harbour, "harbour"), (riverside, "riverside")])
                async with asyncio.TaskGroup() as group:
                    tasks = [group.create_task(evening.session(at)) for at in range(SESSIONS)]
    clients = [task.result() for task in tasks]
    lost = 0
    for at, client in enumerate(clients):
        text, _ = speech(at)
        assert ever_shown(client) <= set(text.split())
        told = [one["status"] for one in client.received.of("transcription_status")]
        assert told == ["reconnecting", "reconnected"] * (len(told) // 2)
        lost += bool(told)
        if leaves(at):
            continue
        assert shown(client) == text.split()
        assert client.received.of("error") == []
        end = client.received.of("pipeline_progress")[-1]
        assert "too short to evaluate" in end["message"]
    # Trouble met some, and each of them found a new connection.
    assert 0 < lost <= len(fake.connections) - SESSIONS
    assert fake.faults == []
    # What the vendor was sent, live and afterwards, was one session's each time.
    whole = {speech(at)[1] for at in range(SESSIONS) if not leaves(at)}
    sent = [soundfile.read(io.BytesIO(one.body), dtype="int16")[0] for one in fake.requests]
    assert {samples.tobytes() for samples in sent} == whole
    assert len(fake.requests) == len(whole) + sum(one.status == 500 for one in FAULTS[: len(sent)])
    for connection in fake.connections:
        samples = np.frombuffer(bytes(connection.audio), dtype="<i2")
        speakers = {re.sub(r"\D", "", one.word) for one in WORDS.heard(samples)}
        assert len(speakers) <= 1
