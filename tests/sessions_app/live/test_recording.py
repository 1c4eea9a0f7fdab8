"""Contract, sections 4 and 5: audio, and what is told while recording."""

from itertools import pairwise

import pytest

from tests.server import CANARY, SCRIPT, Client, session, sign_in, socket
from tests.speech import alternating, burst, cut

CHUNK = bytes(1_600)
SECOND = bytes(32_000)


async def acknowledged(client: Client, samples: int) -> None:
    await client.expect("audio_ack", receivedSamples=samples)


async def test_the_first_chunk_right_behind_start_is_kept(server):
    async with session(server) as client:
        await client.consented()
        await client.handshake()
        await client.send("start_recording")
        await client.send_audio([CHUNK])
        await acknowledged(client, 800)
        assert not client.received.of("error")


async def test_status_time_and_acknowledgement_while_recording(server):
    async with session(server) as client:
        await client.start()
        await client.send_audio(cut(burst(3).tobytes()))
        await acknowledged(client, 48_000)
        while len(client.received.of("elapsed_time")) < 2:
            await client.next()
    statuses = client.received.of("vad_status")
    assert len(statuses) == 12, "four for each second of sound"
    assert all(0 <= status["energy"] <= 1 for status in statuses)
    assert any(status["isSpeech"] for status in statuses)
    seconds = [message["seconds"] for message in client.received.of("elapsed_time")]
    # A busy machine may miss one.
    assert all(earlier < later for earlier, later in pairwise([0, *seconds]))


async def test_captions_are_spliced_from_where_they_changed(server):
    async with session(server) as client:
        await client.start()
        await client.send_audio([SECOND] * 10)
        await client.until(
            lambda frame: (
                isinstance(frame, dict)
                and frame["type"] == "transcript_update"
                and any(s["isFinal"] and s["text"] == SCRIPT[1][0] for s in frame["segments"])
            )
        )
    shown: list[dict[str, object]] = []
    for update in client.received.of("transcript_update"):
        assert update["replaceFromIndex"] <= len(shown)
        shown[update["replaceFromIndex"] :] = update["segments"]
    assert [segment["text"] for segment in shown] == [text for text, _, _ in SCRIPT[:2]]
    assert all(segment["isFinal"] for segment in shown)
    assert len(client.received.of("transcript_update")) > 10, "hypotheses came, word by word"


async def test_the_end_of_the_speech_is_suggested_once_a_silence(server):
    async with session(server) as client:
        await client.send("set_vad_config", silenceThresholdSeconds=3, enabled=True)
        await client.start()
        sound = alternating([("speech", 12), ("silence", 8), ("speech", 2), ("silence", 4)])
        await client.send_audio(cut(sound, 16_000))
        await client.expect("vad_speech_end")
        await client.expect("vad_speech_end")
        await acknowledged(client, 26 * 16_000)
    ends = client.received.of("vad_speech_end")
    assert [round(end["silenceDurationSeconds"]) for end in ends] == [3, 3]


async def test_the_suggestion_can_be_switched_off(server):
    async with session(server) as client:
        await client.send("set_vad_config", silenceThresholdSeconds=3, enabled=False)
        await client.start()
        await client.send_audio(cut(alternating([("speech", 12), ("silence", 8)]), 16_000))
        await acknowledged(client, 20 * 16_000)
    assert not client.received.of("vad_speech_end")


@pytest.mark.parametrize("size", [2, 1_598, 1_602, 32_000, 65_536])
async def test_any_even_length_up_to_64_kib_is_audio(server, size):
    async with session(server) as client:
        await client.start()
        await client.send_audio([bytes(size), bytes(size)])
        await acknowledged(client, size)


async def test_audio_that_looks_like_a_file_is_audio(server):
    async with session(server) as client:
        await client.start()
        await client.send_audio([b"RIFF" + bytes(40), b"ID3\x03", b'{"type": "panic_mute"}'])
        await acknowledged(client, (44 + 4 + 22) // 2)


@pytest.mark.parametrize("size", [1, 1_601, 65_538])
async def test_a_frame_that_is_no_audio_ends_the_audio_but_keeps_what_was_captured(server, size):
    async with session(server) as client:
        await client.start()
        await client.send_audio([SECOND, bytes(size), SECOND, bytes(size)])
        assert "multiple of 2" in (await client.expect("audio_format_error"))["message"]
        await acknowledged(client, 16_000)
        await client.send("stop_recording")
        await client.expect("state_change", state="processing")
        final = await client.until(lambda frame: "transcript_update" in str(frame))
        assert final.of("transcript_update")[0]["replaceFromIndex"] == 0
        assert len(client.received.of("audio_format_error")) == 1


async def test_the_next_recording_takes_audio_again(server):
    async with session(server) as client:
        await client.start()
        await client.send_audio([b"odd"])
        await client.expect("audio_format_error")
        await client.send("panic_mute")
        await client.expect("state_change", state="idle")
        await client.send("start_recording")
        await client.send_audio([CHUNK])
        await acknowledged(client, 800)


async def test_audio_outside_a_recording_is_one_error_an_episode(server):
    async with session(server) as client:
        await client.send_audio([CHUNK] * 20)
        outside = await client.settled()
        assert len(outside.frames) == 2
        refusal = outside.of("error")[0]
        assert 'not "recording"' in refusal["message"]
        assert refusal["recoverable"] is True
        await client.start()
        await client.send("panic_mute")
        await client.send_audio([CHUNK] * 20)
        again = (await client.settled()).of("error")
        assert len([error for error in again if 'not "recording"' in error["message"]]) == 1


async def test_audio_may_not_run_further_ahead_than_the_lead(strict_server):
    async with session(strict_server) as client:
        assert client.received.of("session_info")[0]["limits"]["maxLeadSeconds"] == 10
        await client.start()
        await client.send_audio([SECOND] * 30)
        refusal = await client.expect("audio_format_error")
        assert "arrival rate" in refusal["message"]
        await client.send("stop_recording")
        await client.expect("state_change", state="processing")
        assert len(client.received.of("audio_format_error")) == 1


async def test_a_second_start_is_refused_and_the_recording_goes_on(server):
    async with session(server) as client:
        await client.consented()
        await client.handshake()
        await client.send("start_recording")
        await client.send("start_recording")
        await client.send_audio([SECOND])
        refusal = await client.expect("error")
        assert "Invalid state transition" in refusal["message"]
        await acknowledged(client, 16_000)
        assert client.received.states == ["idle", "recording"]


@pytest.mark.parametrize(
    ("kind", "fragment"),
    [("deliver_evaluation", "Invalid state transition"), ("save_outputs", "No session data")],
)
async def test_what_comes_after_a_recording_is_refused_in_it(server, kind, fragment):
    async with session(server) as client:
        await client.start()
        await client.send(kind)
        assert fragment in (await client.expect("error"))["message"]


async def test_two_sessions_at_once_do_not_mix(server):
    async with session(server) as one, session(server) as other:
        await one.start()
        await other.start()
        for _ in range(5):
            await one.send_audio([SECOND])
            await other.send_audio([CHUNK])
        await acknowledged(one, 5 * 16_000)
        await acknowledged(other, 5 * 800)
        await one.send("panic_mute")
        await one.expect("state_change", state="idle")
        await other.settled()
    assert other.received.states == ["idle", "recording"]
    assert CANARY in str(one.received.frames)
    assert CANARY not in str(other.received.frames)


async def test_an_operator_of_another_club_hears_nothing_of_it(server):
    async with await sign_in(server, "owner@riverside.example") as account:
        token = await account.ticket("riverside")
    async with session(server) as ours, socket(server, token) as theirs:
        await theirs.opened()
        await ours.start()
        await ours.send_audio([SECOND] * 5)
        await acknowledged(ours, 5 * 16_000)
        assert (await theirs.settled()).types == ["error"]
