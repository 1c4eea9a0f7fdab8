"""Contract, section 7: taking a session up on a new connection, frame by frame."""

import pytest

from tests.server import SCRIPT, Client, session
from tests.speech import burst

SPEECH = burst(20).tobytes()
TEXTS = [text for text, _, _ in SCRIPT]
GREETING = ["state_change", "session_resumed", "state_change", "session_info", "consent_status"]


async def speak(client: Client, seconds: int) -> None:
    for second in range(seconds):
        await client.send_audio([SPEECH[second * 32_000 : (second + 1) * 32_000]])
    await client.expect("audio_ack", receivedSamples=seconds * 16_000)


def finished(client: Client, text: str) -> bool:
    """Whether the captions have shown this line as finished."""
    updates = client.received.of("transcript_update")
    segments = [segment for update in updates for segment in update["segments"]]
    return any(segment["text"] == text and segment["isFinal"] for segment in segments)


async def greeted(client: Client) -> list[str]:
    """The types of what came up to the echo of a message."""
    await client.settled()
    return [kind for kind in client.received.types if kind != "error"]


async def test_a_fresh_session_is_greeted_by_state_and_session(server):
    async with session(server) as client:
        assert await greeted(client) == ["state_change", "session_info"]
        info = client.received.of("session_info")[0]
        assert info["capturedSamples"] == 0
        assert info["resumeWindowSeconds"] == 120


async def test_an_idle_session_is_resumed_with_its_consent(server):
    async with session(server) as client:
        await client.consented()
        given = client.received.of("consent_status")[-1]
        speech = client.session_id
    async with session(server, resume=speech) as again:
        assert await greeted(again) == [*GREETING, "transcript_update"]
        assert again.received.states == ["idle", "idle"]
        assert again.received.of("session_resumed")[0] == {
            "type": "session_resumed",
            "sessionId": speech,
            "receivedSamples": 0,
        }
        assert again.received.of("consent_status") == [given]
        # The handshake was given: the session goes on where it was.
        await again.send("audio_format", channels=1, sampleRate=16_000, encoding="LINEAR16")
        await again.send("start_recording")
        await again.expect("state_change", state="recording")


async def test_a_session_without_consent_says_so(server):
    async with session(server) as client:
        await client.handshake()
        await client.settled()
        speech = client.session_id
    async with session(server, resume=speech) as again:
        assert (await again.expect("consent_status"))["consent"] is None
        await again.send("start_recording")
        assert "consent has not been confirmed" in (await again.expect("error"))["message"]


async def test_a_recording_goes_on_at_the_next_sample(server):
    async with session(server) as client:
        await client.start()
        await speak(client, 10)
        while not finished(client, TEXTS[1]):
            await client.next()
        speech = client.session_id
    async with session(server, resume=speech) as again:
        resumed = again.received.of("session_resumed")[0]
        assert resumed["receivedSamples"] == 160_000
        assert again.received.states == ["recording", "recording"]
        shown = await again.expect("transcript_update")
        assert shown["replaceFromIndex"] == 0
        assert [segment["text"] for segment in shown["segments"]] == TEXTS[:2]
        for second in range(10, 20):
            await again.send_audio([SPEECH[second * 32_000 : (second + 1) * 32_000]])
        await again.expect("audio_ack", receivedSamples=320_000)
        await again.send("stop_recording")
        await again.expect("pipeline_progress", stage="ready")
        final = again.received.of("transcript_update")[-1]
        assert [segment["text"] for segment in final["segments"]] == TEXTS


async def test_a_delivered_session_looks_as_it_did(server):
    async with session(server) as client:
        await client.send("set_time_limit", seconds=90)
        await client.send("set_active_roles", roleIds=["timer"])
        await client.delivered(SPEECH)
        speech, before = client.session_id, client.received
    async with session(server, resume=speech) as again:
        await again.expect("role_results")
        assert set(await greeted(again)) == {
            *GREETING,
            "transcript_update",
            "evaluation_ready",
            "role_results",
            "duration_estimate",
        }
        for kind in ("transcript_update", "evaluation_ready", "role_results", "duration_estimate"):
            assert again.received.of(kind) == before.of(kind)[-1:], kind
        assert again.received.states == ["idle", "idle"]
        await again.send("save_outputs")
        await again.expect("outputs_saved")
        await again.send("replay_tts")
        await again.expect_audio()


@pytest.mark.parametrize("email", ["operator@harbour.example", "owner@harbour.example"])
async def test_another_operator_of_the_club_may_take_over(server, email):
    async with session(server) as client:
        await client.start()
        await speak(client, 2)
        async with session(server, email, resume=client.session_id) as other:
            assert await client.closed() == 4409
            assert other.received.of("session_resumed")[0]["receivedSamples"] == 32_000


async def test_a_new_tab_with_the_speech_finds_it_at_rest(server):
    """Without ``resume`` it is a fresh session, and the old one's."""
    async with session(server) as client:
        await client.start()
        await speak(client, 20)
        async with session(server, speech=client.session_id) as tab:
            assert await client.closed() == 4409
            assert tab.received.types == ["state_change", "session_info"]
            assert tab.received.states == ["idle"]
            assert tab.received.of("session_info")[0]["capturedSamples"] == 320_000
            await tab.send("process_captured")
            await tab.expect("pipeline_progress", stage="ready")


async def test_a_ticket_for_a_speech_resumes_no_other(server):
    async with session(server) as client, session(server) as other:
        await client.settled()
        await other.settled()
        async with session(server, speech=client.session_id, resume=other.session_id) as tab:
            assert tab.received.types == ["state_change", "session_info"]
            assert tab.session_id == client.session_id
            assert (await other.settled()).types == ["error"]
