"""A whole session through the real server, with Deepgram on a port of its own."""

import json
import logging
from typing import Any

import pytest

from sessions_app.transcription import LiveTranscript, TranscriberContext
from sessions_app.transcription.deepgram.final import DeepgramFinalTranscriber
from tests.fakes.deepgram import FakeDeepgram, Live, Recorded
from tests.fakes.dial_tone import Said, Vocabulary, spoken
from tests.server import CANARY, serving, session
from tests.sessions_app.transcription.deepgram.talking import (
    breakers,
    captioned,
    config,
    transcriber,
)
from tests.speech import PASSAGE, cut, words_right
from tests.speech import spoken as voiced

KEY = "dg-key-canary-4711"
SENTENCES = (
    f"Good evening everyone and welcome to the {CANARY} club.",
    "Um when I was a child my father took me to the river every summer.",
    "First those long hours by the water taught me to be patient.",
    "Second they taught me uh to listen before I speak.",
)
WORDS = Vocabulary(" ".join(SENTENCES).split())


def talk() -> tuple[list[Said], bytes]:
    said: list[Said] = []
    start = 0.5
    for sentence in SENTENCES:
        words, start = spoken(sentence, start)
        said += words
        start += 0.8
    return said, WORDS.sound(said, start + 1.0)


SAID, PCM = talk()
TEXT = " ".join(SENTENCES)


def serving_with(fake: FakeDeepgram, **variables: str):
    return serving(
        "uvicorn",
        script=None,
        AUDIO_MAX_LEAD_SECONDS="1500",
        # As it is pasted from a page.
        DEEPGRAM_API_KEY=f"{KEY}\n",
        DEEPGRAM_BASE_URL=fake.base_url,
        **{"TRANSCRIBER": "auto", **variables},
    )


def shown(client) -> list[str]:
    """The segments as a page shows them."""
    segments: list[dict[str, Any]] = []
    for update in client.received.of("transcript_update"):
        segments[update["replaceFromIndex"] :] = update["segments"]
    return [segment["text"] for segment in segments]


async def spoken_to(client, pcm: bytes) -> None:
    await client.send(
        "set_project_context", speechTitle="The River", projectType="Ice Breaker", objectives=[]
    )
    await client.start()
    await client.send_audio(cut(pcm, 8_000))


async def test_a_session_survives_a_lost_connection_and_ends_with_every_word():
    async with FakeDeepgram(WORDS, [Live(drop_after=7.0, close_code=None)], key=KEY) as fake:
        with serving_with(
            fake, DEEPGRAM_MODEL="live-model", DEEPGRAM_FINAL_MODEL="final-model"
        ) as server:
            async with session(server) as client:
                engines = client.received.of("session_info")[0]["engines"]
                assert (engines["live"], engines["final"]) == ("deepgram", "deepgram")
                await spoken_to(client, PCM)
                while SENTENCES[-1] not in shown(client):
                    await client.expect("transcript_update")
                told = client.received.of("transcription_status")
                assert [(one["status"], one["engine"]) for one in told] == [
                    ("reconnecting", None),
                    ("reconnected", None),
                ]
                assert shown(client) == list(SENTENCES)
                await client.send("stop_recording")
                await client.expect("pipeline_progress", stage="ready")
                assert " ".join(shown(client)) == TEXT
                final = client.received.of("transcript_update")[-1]
                words = [word for one in final["segments"] for word in one["words"]]
                starts = [word["startTime"] for word in words]
                assert starts == pytest.approx([one.start for one in SAID], abs=0.002)
            log = server.written()
    assert [one.query["model"] for one in fake.connections] == [["live-model"]] * 2
    (request,) = fake.requests
    assert request.query["model"] == ["final-model"]
    for query in (request.query, *(one.query for one in fake.connections)):
        assert query["mip_opt_out"] == ["true"]
        # Who speaks and about what, and who is in the club.
        assert query["keyterm"][:3] == ["Ada Lovelace", "The River", "Ice Breaker"]
        assert len(query["keyterm"]) > 3
    assert "deepgram is lost" in log
    for secret in (KEY, CANARY, "Lovelace", "keyterm", "River", "fLaC"):
        assert secret not in log
    assert fake.faults == []


async def test_where_the_key_is_refused_the_built_in_engine_serves_and_says_so():
    sound = voiced(PASSAGE).tobytes()
    refused = [Recorded(status=401)] * 3
    async with FakeDeepgram(
        WORDS, recorded=refused, default=Live(refuse=(401, {})), key=KEY
    ) as fake:
        with serving_with(fake) as server:
            async with session(server) as client:
                await spoken_to(client, sound)
                await client.expect("transcription_status", status="reconnected", engine="builtin")
                await client.send("stop_recording")
                await client.expect("pipeline_progress", stage="ready")
                assert words_right(PASSAGE, " ".join(shown(client))) > 0.6
                await client.send("deliver_evaluation")
                await client.expect("tts_complete")
                await client.send("playback_finished")
                await client.expect("state_change", state="idle")
                await client.send("save_outputs")
                saved = await client.expect("outputs_saved")
            assert KEY not in server.written()
    files = {one["name"]: one["content"] for one in saved["files"]}
    assert '"transcript": "builtin"' in files["metrics.json"]
    # The live engine's failure is not repeated by the final one: the club leaves the vendor alone.
    assert fake.attempts + len(fake.requests) <= 2


async def test_the_words_key_and_names_stay_out_of_the_log_even_when_it_tells_everything(caplog):
    caplog.set_level(logging.DEBUG)
    context = TranscriberContext(key_terms=("Ada Lovelace",))
    refused = Recorded(status=400, body=json.dumps({"err_msg": CANARY}).encode())
    async with FakeDeepgram(WORDS, [Live(drop_after=4.0)], [refused], key=KEY) as fake:
        run = await captioned(transcriber(fake, key=KEY), PCM, context)
        assert run.text == TEXT
        final = DeepgramFinalTranscriber(config(fake, KEY), breakers())
        for _ in range(2):
            try:
                await final.transcribe(_blocks(PCM), context, LiveTranscript((), 0, ""))
            except Exception:
                logging.getLogger("a.caller").exception("it failed")
    assert "it failed" in caplog.text
    for secret in (KEY, CANARY, "Lovelace", "evening"):
        assert secret not in caplog.text


async def _blocks(pcm: bytes):
    for block in cut(pcm, 16_000):
        yield block
