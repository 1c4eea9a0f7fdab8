"""Something between page and server ends the connection; a cloud's proxy does after 300 s."""

from dataclasses import replace

import pytest

from tests.faults.proxy import Proxy, proxy
from tests.faults.recording_client import RecordingClient, recording_client
from tests.faults.whole_speech import (
    SAMPLES,
    check_whole,
    digest,
    finish,
    samples_of,
    set_up,
    sha256_of,
)
from tests.speech import SAMPLE_RATE

HALF = SAMPLES // 2
LOSSES = [Proxy.cut, Proxy.fall_silent]


async def lose(client: RecordingClient, line: Proxy, loss) -> None:
    """The line is lost, and the page comes back over a new one."""
    loss(line)
    if loss is Proxy.cut:
        await client.lost()
        assert client.connection.socket.close_code == 1006, "nobody says why"
    line.restore()
    await client.connect()


@pytest.mark.parametrize("loss", LOSSES)
async def test_a_loss_while_nothing_happens(memory_server, loss):
    async with proxy(memory_server.base_url) as line:
        behind = replace(memory_server, base_url=line.base_url)
        async with recording_client(behind, samples_of(31)) as client:
            await client.send("set_consent", speakerName="Ada Lovelace", consentConfirmed=True)
            given = await client.expect("consent_status")
            await lose(client, line, loss)
            assert client.state == "idle"
            assert await client.expect("consent_status") == given
            await client.start()
            await client.speak(SAMPLE_RATE)
            await client.acknowledged_to(SAMPLE_RATE)


@pytest.mark.parametrize("loss", LOSSES)
async def test_a_loss_while_recording(memory_server, loss):
    async with proxy(memory_server.base_url) as line:
        behind = replace(memory_server, base_url=line.base_url)
        async with recording_client(behind, samples_of(32)) as client:
            await set_up(client)
            await client.speak(HALF)
            await lose(client, line, loss)
            assert client.state == "recording"
            await finish(client)
            await check_whole(client)


@pytest.mark.parametrize("loss", LOSSES)
async def test_a_loss_while_delivering(memory_server, loss):
    async with proxy(memory_server.base_url) as line:
        behind = replace(memory_server, base_url=line.base_url)
        async with recording_client(behind, samples_of(33)) as client:
            await set_up(client)
            await finish(client)
            await client.reached("ready")
            await client.send("deliver_evaluation")
            first = await client.expect("evaluation_ready")
            await client.expect("tts_complete")
            await lose(client, line, loss)
            assert client.state == "delivering"
            assert await client.expect("evaluation_ready") == first
            assert digest(client) == sha256_of(client)
            assert "tts_audio" not in client.connection.received.types, "it plays on in the page"
            await client.send("playback_finished")
            await client.wait_for("rest", lambda: client.state == "idle")
            assert not client.received.of("error")
