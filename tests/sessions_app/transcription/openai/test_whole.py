"""A whole session through the real server, its recording transcribed by OpenAI on a port."""

import json

import pytest

from tests.fakes import openai_server as fakes
from tests.fakes.deepgram import FakeDeepgram
from tests.server import CANARY, serving, session
from tests.sessions_app.transcription.deepgram.test_whole import PCM, SAID, TEXT, WORDS, shown
from tests.speech import cut

PATH = "/v1/audio/transcriptions"


@pytest.fixture
def fake():
    with fakes.openai_server() as running:
        running.vocabulary = WORDS
        yield running


def serving_with(deepgram: FakeDeepgram, fake: fakes.FakeOpenAI, model: str):
    return serving(
        "uvicorn",
        script=None,
        AUDIO_MAX_LEAD_SECONDS="1500",
        TRANSCRIBER="auto",
        FINAL_TRANSCRIBER="openai",
        DEEPGRAM_API_KEY="a-key",
        DEEPGRAM_BASE_URL=deepgram.base_url,
        OPENAI_API_KEY=f"{fakes.KEY}\n",
        OPENAI_BASE_URL=fake.base_url,
        OPENAI_TRANSCRIPTION_MODEL=model,
        LOG_LEVEL="DEBUG",
    )


async def spoken_and_saved(client) -> dict[str, str]:
    await client.start()
    await client.send_audio(cut(PCM, 8_000))
    # What is heard live lies there before Stop.
    while "".join(shown(client))[-12:] != TEXT[-12:]:
        await client.expect("transcript_update")
    await client.send("stop_recording")
    await client.expect("pipeline_progress", stage="ready")
    await client.send("deliver_evaluation")
    await client.expect("tts_complete")
    await client.send("playback_finished")
    await client.expect("state_change", state="idle")
    await client.send("save_outputs")
    saved = await client.expect("outputs_saved")
    return {one["name"]: one["content"] for one in saved["files"]}


@pytest.mark.parametrize("model", ["whisper-1", "gpt-4o-transcribe"])
async def test_every_word_has_its_time_whether_or_not_the_model_gives_it(fake, model):
    async with FakeDeepgram(WORDS) as deepgram:
        with serving_with(deepgram, fake, model) as server:
            async with session(server) as client:
                offered = client.received.of("session_info")[0]["engines"]
                files = await spoken_and_saved(client)
            log = server.written()
    assert (offered["live"], offered["final"]) == ("deepgram", f"openai:{model}")
    served = client.received.of("pipeline_progress")[-1]["engines"]
    assert served["final"] == f"openai:{model}"
    final = client.received.of("transcript_update")[-1]
    words = [word for one in final["segments"] for word in one["words"]]
    assert [word["word"] for word in words] == [one.word for one in SAID]
    starts = [word["startTime"] for word in words]
    assert starts == pytest.approx([one.start for one in SAID], abs=0.002)
    assert json.loads(files["metrics.json"])["wordsPerMinute"] > 60
    (request,) = fake.calls(PATH)
    assert "Ada Lovelace" in request.body["prompt"]
    assert deepgram.requests == []
    for secret in (fakes.KEY, CANARY, "Lovelace", "fLaC"):
        assert secret not in log


async def test_when_it_is_down_the_words_heard_live_are_kept(fake):
    fake.answers(PATH, fakes.status(500))
    async with FakeDeepgram(WORDS) as deepgram:
        with serving_with(deepgram, fake, "whisper-1") as server:
            async with session(server) as client:
                await spoken_and_saved(client)
    assert " ".join(shown(client)) == TEXT
    served = client.received.of("pipeline_progress")[-1]["engines"]
    assert served["final"] == "builtin"
    assert len(fake.calls(PATH)) == 3
