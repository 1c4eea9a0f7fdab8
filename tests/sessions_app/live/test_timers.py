"""Contract, sections 1, 5 and 6: what only time brings.

All of it is waited for at once, so that it takes a minute and not five. Moments are bounded from
below by the clock, from above by what comes first: a busy machine is late, and never early.
"""

import asyncio
import io
import time
from collections.abc import Awaitable, Callable

import pytest
import soundfile
from uvicorn import Config

from speechcoach.daphne_server import embedded_server
from tests.faults.peer import Peer, peer
from tests.server import DEADLINE_SECONDS, Server, serving, session
from tests.speech import burst

SPEECH = burst(20).tobytes()
SECOND = bytes(32_000)
PING_SECONDS = PONG_SECONDS = 20
LATE_OF_A_TIMER = 1.0
"""Servers keep their timers in buckets, and some measure by the clock on the wall."""


async def a_silent_start_is_given_up(server: Server) -> None:
    async with session(server) as client:
        await client.consented()
        await client.handshake()
        asked = time.monotonic()
        await client.send("start_recording")
        refusal = await client.expect("error")
        assert time.monotonic() - asked >= 15
        assert "No audio arrived" in refusal["message"]
        assert refusal["recoverable"] is True
        assert await client.next() == {"type": "state_change", "state": "idle"}
        assert client.received.of("elapsed_time")[-1]["seconds"] < 60, "that is the later rule"
        await client.send("start_recording")
        await client.expect("state_change", state="recording")
        await client.send_audio([SECOND])
        await client.expect("audio_ack", receivedSamples=16_000)


async def a_gap_stops_the_recording(server: Server) -> None:
    async with session(server) as client:
        await client.start()
        begun = time.monotonic()
        await client.send_audio([SPEECH[at : at + 32_000] for at in range(0, len(SPEECH), 32_000)])
        told = await client.expect("error")
        assert time.monotonic() - begun >= 60
        assert "for a minute" in told["message"]
        assert told["recoverable"] is True
        assert await client.next() == {"type": "state_change", "state": "processing"}
        await client.expect("audio_ack", receivedSamples=20 * 16_000)
        await client.expect("pipeline_progress", stage="ready")
        await client.send("deliver_evaluation")
        await client.expect("tts_complete")


async def a_delivery_that_nobody_ends_is_over_with_its_sound(server: Server) -> None:
    async with session(server) as client:
        await client.send("set_time_limit", seconds=30)
        await client.spoken(SPEECH)
        asked = time.monotonic()
        await client.send("deliver_evaluation")
        audio = await client.expect_audio()
        await client.expect("state_change", state="idle")
        # A decoder may add a frame of silence at either end.
        assert time.monotonic() - asked >= soundfile.info(io.BytesIO(audio)).duration + 2 - 0.2
        await client.send("playback_finished")
        assert (await client.settled()).types == ["error"]
        await client.send("save_outputs")
        await client.expect("outputs_saved")


async def a_peer_that_does_not_answer_is_gone(server: Server) -> None:
    connected = time.monotonic()
    async with peer(server, answers=True) as neighbour, peer(server, answers=False) as mute:
        await record_a_second(mute)
        async with asyncio.timeout(DEADLINE_SECONDS):
            await mute.gone.wait()
        waited = time.monotonic() - connected
        assert waited >= PING_SECONDS + PONG_SECONDS - LATE_OF_A_TIMER
        assert mute.pings[0] - connected >= PING_SECONDS - LATE_OF_A_TIMER
        assert neighbour.pings
        assert len(neighbour.pings) < 3, "the mute peer had time for two"
        assert not neighbour.gone.is_set()
        neighbour.send("panic_mute")
        await neighbour.expect("state_change", state="idle")
        speech = mute.received.of("session_info")[0]["sessionId"]
        async with session(server, resume=speech) as again:
            assert again.received.of("session_resumed")[0]["receivedSamples"] == 16_000
            assert again.received.states == ["recording", "recording"]
            await again.send_audio([SECOND])
            await again.expect("audio_ack", receivedSamples=32_000)


async def record_a_second(client: Peer) -> None:
    client.send("set_consent", speakerName="Ada Lovelace", consentConfirmed=True)
    client.send("audio_format", channels=1, sampleRate=16_000, encoding="LINEAR16")
    client.send("start_recording")
    client.send_audio(SECOND)
    await client.expect("audio_ack", receivedSamples=16_000)


WAITS: tuple[Callable[[Server], Awaitable[None]], ...] = (
    a_silent_start_is_given_up,
    a_gap_stops_the_recording,
    a_delivery_that_nobody_ends_is_over_with_its_sound,
    a_peer_that_does_not_answer_is_gone,
)


@pytest.mark.timeout(600)
async def test_what_only_time_brings(subtests: pytest.Subtests):
    with (
        serving("serve", AUDIO_MAX_LEAD_SECONDS="1500") as embedded,
        serving("uvicorn", AUDIO_MAX_LEAD_SECONDS="1500") as production,
    ):
        waits = [(wait, server) for wait in WAITS for server in (embedded, production)]
        outcomes = await asyncio.gather(
            *(wait(server) for wait, server in waits), return_exceptions=True
        )
    for (wait, server), outcome in zip(waits, outcomes, strict=True):
        with subtests.test(wait.__name__, kind="serve" if server is embedded else "uvicorn"):
            if outcome is not None:
                raise outcome


def test_the_heartbeat_is_the_contracts_to_the_second():
    options = embedded_server.keywords
    assert (options["ping_interval"], options["ping_timeout"]) == (PING_SECONDS, PONG_SECONDS)
    defaults = Config("speechcoach.asgi:application")
    assert (defaults.ws_ping_interval, defaults.ws_ping_timeout) == (PING_SECONDS, PONG_SECONDS)
