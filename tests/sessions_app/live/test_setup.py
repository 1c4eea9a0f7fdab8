"""Contract, sections 3 and 7: what is settled before a recording."""

import pytest

from tests.server import CANARY, session, sign_in, socket

PROJECT = {"speechTitle": "The river", "projectType": "Ice breaker", "objectives": ["Be calm"]}


@pytest.mark.parametrize(
    "handshake",
    [
        {"channels": 2, "sampleRate": 16_000, "encoding": "LINEAR16"},
        {"channels": 1, "sampleRate": 44_100, "encoding": "LINEAR16"},
        {"channels": 1, "sampleRate": 16_000, "encoding": "OPUS"},
        {"channels": "1", "sampleRate": 16_000, "encoding": "LINEAR16"},
        {"sampleRate": 16_000, "encoding": "LINEAR16"},
        {},
    ],
)
async def test_a_wrong_handshake_is_refused(server, handshake):
    async with session(server) as client:
        await client.send("audio_format", **handshake)
        assert "handshake" in (await client.expect("audio_format_error"))["message"]


async def test_no_start_without_a_handshake(server):
    async with session(server) as client:
        await client.consented()
        await client.send("start_recording")
        assert "handshake" in (await client.expect("audio_format_error"))["message"]
        await client.handshake()
        await client.send("start_recording")
        await client.expect("state_change", state="recording")


async def test_no_start_without_consent(server):
    async with session(server) as client:
        await client.handshake()
        await client.send("start_recording")
        refusal = await client.expect("error")
        assert "consent has not been confirmed" in refusal["message"]
        assert refusal["recoverable"] is True
        await client.send("set_consent", speakerName="Ada", consentConfirmed=False)
        await client.expect("consent_status")
        await client.send("start_recording")
        assert "consent has not been confirmed" in (await client.expect("error"))["message"]


async def test_consent_is_answered_with_what_is_on_record(server):
    async with session(server) as client:
        await client.send("set_consent", speakerName="  Ada Lovelace ", consentConfirmed=True)
        consent = (await client.expect("consent_status"))["consent"]
    assert consent["speakerName"] == "Ada Lovelace"
    assert consent["consentConfirmed"] is True
    assert consent["consentTimestamp"].endswith("+00:00")


async def test_a_session_for_a_speech_starts_with_the_consent_on_record(server):
    async with session(server) as client:
        await client.consented("Grace Hopper")
        speech = client.received.of("session_info")[0]["sessionId"]
        given = client.received.of("consent_status")[0]
    async with session(server, speech=speech) as again:
        assert again.received.of("session_info")[0]["sessionId"] == speech
        assert await again.expect("consent_status") == given


async def test_set_up_is_accepted_in_silence_while_idle(server):
    async with session(server) as client:
        await client.send("set_project_context", **PROJECT)
        await client.send("set_vad_config", silenceThresholdSeconds=3, enabled=True)
        await client.send("set_vad_config", silenceThresholdSeconds=15, enabled=False)
        await client.handshake()
        assert (await client.settled()).types == ["error"]


@pytest.mark.parametrize(
    ("kind", "fields", "fragment"),
    [
        ("set_project_context", PROJECT, "idle"),
        ("set_vad_config", {"silenceThresholdSeconds": 5, "enabled": True}, "idle"),
        ("set_consent", {"speakerName": "Eve", "consentConfirmed": True}, "Cannot modify consent"),
        (
            "audio_format",
            {"channels": 1, "sampleRate": 16_000, "encoding": "LINEAR16"},
            "start_recording",
        ),
    ],
)
async def test_set_up_is_locked_while_recording(server, kind, fields, fragment):
    async with session(server) as client:
        await client.start()
        await client.send(kind, **fields)
        refusal = await client.expect("error")
        assert fragment in refusal["message"]
        assert refusal["recoverable"] is True
        await client.send("stop_recording")
        await client.expect("state_change", state="processing")


@pytest.mark.parametrize(
    ("kind", "fragment"),
    [
        ("stop_recording", "Invalid state transition"),
        ("deliver_evaluation", "Invalid state transition"),
        ("save_outputs", "No session data"),
    ],
)
async def test_what_needs_a_recording_is_refused_while_idle(server, kind, fragment):
    async with session(server) as client:
        await client.send(kind)
        refusal = await client.expect("error")
        assert fragment in refusal["message"]
        assert refusal["recoverable"] is True


async def test_playback_finished_out_of_place_is_nothing(server):
    async with session(server) as client:
        await client.send("playback_finished")
        assert (await client.settled()).types == ["error"]


async def test_panic_is_answered_from_idle_too(server):
    async with session(server) as client:
        await client.send("panic_mute")
        assert await client.next() == {"type": "state_change", "state": "idle"}


async def test_no_log_holds_a_ticket_or_a_word(server):
    """Whatever the tests before this one have said and sent."""
    async with await sign_in(server) as account:
        tokens = [await account.ticket("harbour") for _ in range(3)]
    async with socket(server, tokens[0]) as client:
        await client.opened()
        await client.start()
        await client.send_audio([bytes(32_000)] * 19)
        await client.until(lambda frame: CANARY in str(frame))
        await client.send("set_consent", speakerName=f"{CANARY} {CANARY}", consentConfirmed=True)
        await client.expect("error")
        await client.send("stop_recording")
        await client.expect("pipeline_progress", stage="ready")
    async with socket(server, tokens[1], in_query=True) as client:
        await client.opened()
    async with socket(server, tokens[2], path="/ws/nothing", in_query=True) as client:
        assert await client.closed() == 4404
    written = server.written()
    assert CANARY not in written
    for token in tokens:
        assert token not in written
