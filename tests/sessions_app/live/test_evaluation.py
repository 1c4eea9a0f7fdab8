"""Contract, sections 3, 4, 6 and 7: from Stop to saved."""

import base64
import json

import pytest

from evaluations.core.evidence import check_item
from evaluations.core.shapes import Item, Segment, Transcript
from tests.server import SCRIPT, Client, session, sign_in
from tests.speech import burst, cut

SPEECH = burst(20).tobytes()
SECOND = bytes(32_000)
STAGES = ["processing_speech", "generating_evaluation", "synthesizing_audio", "ready"]


def last_transcript(client: Client) -> Transcript:
    final = client.received.of("transcript_update")[-1]
    assert final["replaceFromIndex"] == 0
    return Transcript(
        segments=tuple(Segment.model_validate(segment) for segment in final["segments"])
    )


async def test_the_whole_job(server):
    async with session(server) as client:
        await client.send(
            "set_project_context",
            speechTitle="The river",
            projectType="Ice breaker",
            objectives=["Tell a story"],
        )
        await client.spoken(SPEECH)
        await client.send("deliver_evaluation")
        audio = await client.expect_audio()
        await client.expect("tts_complete")
        await client.send("playback_finished")
        await client.expect("state_change", state="idle")
        await client.send("save_outputs")
        saved = await client.expect("outputs_saved")
    received = client.received
    assert received.states == ["idle", "recording", "processing", "delivering", "idle"]
    delivery = received.types[received.types.index("evaluation_ready") - 1 :]
    assert delivery == [
        "state_change",
        "evaluation_ready",
        "tts_audio",
        "tts_complete",
        "state_change",
        "outputs_saved",
    ]
    stages = [message["stage"] for message in received.of("pipeline_progress")]
    assert (stages[0], stages[-1]) == (STAGES[0], STAGES[-1])
    # One that passes quickly may go by unseen.
    assert stages == [stage for stage in STAGES if stage in stages]
    assert {message["runId"] for message in received.of("pipeline_progress")} == {1}
    transcript = last_transcript(client)
    assert [segment.text for segment in transcript.segments] == [text for text, _, _ in SCRIPT]
    ready = received.of("evaluation_ready")[0]
    items = [Item.model_validate(item) for item in ready["evaluation"]["items"]]
    assert {item.type for item in items} == {"commendation", "recommendation"}
    for item in items:
        assert check_item(item, transcript.words) == item
    assert ready["script"]
    assert audio[:3] == b"ID3" or audio[:2] in {b"\xff\xfb", b"\xff\xf3"} or audio[:4] == b"RIFF"
    files = {file["name"]: file for file in saved["files"]}
    assert [path.rsplit("/", 1)[1] for path in saved["paths"]] == list(files)
    sound = next(name for name in files if name.startswith("evaluation_audio."))
    assert set(files) == {
        "transcript.txt",
        "metrics.json",
        "evaluation.txt",
        "consent.json",
        "project-context.json",
        sound,
    }
    assert base64.b64decode(files[sound]["content"]) == audio
    assert files["transcript.txt"]["content"].startswith(f"[00:00] {SCRIPT[0][0]}")
    assert json.loads(files["metrics.json"]["content"])["totalWords"] == len(transcript.words)
    assert json.loads(files["consent.json"]["content"])["speakerName"] == "Ada Lovelace"
    assert json.loads(files["project-context.json"]["content"])["speechTitle"] == "The river"
    async with await sign_in(server, "member@harbour.example") as account:
        for path, file in zip(saved["paths"], saved["files"], strict=True):
            content = await account.download(path)
            encoded = content if file["encoding"] == "utf-8" else base64.b64encode(content)
            assert encoded.decode() == file["content"]
    async with await sign_in(server, "owner@riverside.example") as stranger:
        answer = await stranger.request("GET", saved["paths"][0])
        assert answer.status_code == 404


async def test_deliver_right_behind_stop_waits_for_the_evaluation(server):
    async with session(server) as client:
        await client.start()
        await client.send_audio([SPEECH[at : at + 32_000] for at in range(0, len(SPEECH), 32_000)])
        for kind in ("stop_recording", "deliver_evaluation", "deliver_evaluation"):
            await client.send(kind)
        await client.expect("tts_complete")
        await client.send("deliver_evaluation")
        await client.settled()
    assert client.received.types.count("tts_audio") == 1
    assert client.received.states == ["idle", "recording", "processing", "delivering"]
    errors = [error["message"] for error in client.received.of("error")]
    assert len(errors) == 1, "only the echo"


async def test_a_second_stop_and_audio_behind_it_change_nothing(server):
    with server.held():
        async with session(server) as client:
            await client.start()
            await client.send_audio([SECOND] * 3)
            await client.send("stop_recording")
            await client.send("stop_recording")
            await client.send_audio([SECOND])
            refusal = await client.expect("error")
            assert "Invalid state transition" in refusal["message"]
            await client.settled()
            assert client.received.states == ["idle", "recording", "processing"]


async def test_saving_twice_is_saving_once(server):
    async with session(server) as client:
        await client.delivered(SPEECH)
        await client.send("save_outputs")
        await client.send("save_outputs")
        first = await client.expect("outputs_saved")
        await client.settled()
        await client.send("save_outputs")
        assert await client.expect("outputs_saved") == first


async def test_nothing_is_saved_before_it_was_delivered(server):
    async with session(server) as client:
        await client.spoken(SPEECH)
        await client.send("save_outputs")
        assert "No session data" in (await client.expect("error"))["message"]


async def test_a_start_in_the_cool_down_is_refused(server):
    async with session(server) as client:
        await client.spoken(SPEECH)
        await client.send("deliver_evaluation")
        await client.expect("tts_complete")
        # In one go: the cool-down must not be over before the start is sent.
        await client.send("playback_finished")
        await client.send("start_recording")
        refusal = await client.expect("error")
        assert refusal["recoverable"] is True
        assert "just played" in refusal["message"]
        assert client.received.states[-1] == "idle"


async def test_a_panic_ends_a_delivery_and_a_late_end_of_playback_is_nothing(server):
    async with session(server) as client:
        await client.spoken(SPEECH)
        await client.send("deliver_evaluation")
        await client.expect("state_change", state="delivering")
        await client.send("panic_mute")
        await client.expect("state_change", state="idle")
        await client.send("playback_finished")
        assert (await client.settled()).types == ["error"]


async def test_a_panic_while_the_transcription_is_pending_is_the_last_word(server):
    async with session(server) as client:
        with server.held():
            await client.start()
            await client.send_audio([SECOND] * 20)
            await client.send("stop_recording")
            await client.send("deliver_evaluation")
            await client.send("panic_mute")
            await client.expect("state_change", state="idle")
            await client.send("start_recording")
            await client.expect("state_change", state="recording")
        # The transcription of the recording before it goes on, and is nobody's any more.
        await client.send_audio([SECOND])
        await client.expect("audio_ack", receivedSamples=16_000)
        await client.settled()
    assert client.received.states == ["idle", "recording", "processing", "idle", "recording"]
    runs = [message["runId"] for message in client.received.of("pipeline_progress")]
    assert runs == sorted(runs)
    assert client.received.of("pipeline_progress")[-1]["stage"] == "invalidated"


@pytest.mark.parametrize("seconds", [0.0, 1.0, 3.0])
async def test_a_speech_too_short_gives_transcript_and_metrics(server, seconds):
    async with session(server) as client:
        await client.start()
        await client.send_audio(cut(burst(seconds).tobytes()))
        await client.send("stop_recording")
        await client.expect("state_change", state="idle")
        told = client.received.of("pipeline_progress")[-1]
        assert told["stage"] == "failed"
        assert "too short" in told["message"]
        await client.send("save_outputs")
        saved = await client.expect("outputs_saved")
    names = {file["name"] for file in saved["files"]}
    assert names == {"transcript.txt", "metrics.json", "consent.json", "project-context.json"}


async def test_a_new_recording_after_a_short_one_is_evaluated_by_itself(server):
    async with session(server) as client:
        await client.start()
        await client.send_audio([SECOND])
        await client.send("stop_recording")
        await client.expect("state_change", state="idle")
        await client.send("start_recording")
        await client.expect("state_change", state="recording")
        await client.send_audio([SPEECH[at : at + 32_000] for at in range(0, len(SPEECH), 32_000)])
        await client.send("stop_recording")
        progress = await client.expect("pipeline_progress", stage="ready")
    assert progress["runId"] == 2
    assert len(last_transcript(client).segments) == len(SCRIPT)
