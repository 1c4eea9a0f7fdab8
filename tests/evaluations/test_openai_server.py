"""The real server with a key: a whole session, evaluated and spoken by OpenAI, or without it."""

import base64
import io

import pytest
import soundfile

from evaluations.core.evidence import check_item
from evaluations.core.shapes import Item, Segment
from tests.fakes import openai_server as fakes
from tests.server import CANARY, serving, session
from tests.speech import burst

SPEECH = burst(20).tobytes()


@pytest.fixture
def fake():
    with fakes.openai_server() as running:
        yield running


@pytest.fixture
def keyed(fake):
    """As an operator would set it up, down to the newline that came with the key.

    One for each test: the server remembers a vendor that failed.
    """
    with serving(
        AUDIO_MAX_LEAD_SECONDS="1500",
        OPENAI_API_KEY=f"{fakes.KEY}\n",
        OPENAI_BASE_URL=fake.base_url,
        LOG_LEVEL="DEBUG",
        OPENAI_LOG="debug",
    ) as running:
        yield running


async def whole_session(server):
    async with session(server) as client:
        await client.delivered(SPEECH)
        await client.send("save_outputs")
        saved = await client.expect("outputs_saved")
    received = client.received
    ready = received.of("evaluation_ready")[0]
    transcript = received.of("transcript_update")[-1]["segments"]
    words = [word for one in transcript for word in Segment.model_validate(one).words]
    items = [Item.model_validate(item) for item in ready["evaluation"]["items"]]
    assert {item.type for item in items} == {"commendation", "recommendation"}
    for item in items:
        assert check_item(item, words) == item
    files = {file["name"]: file for file in saved["files"]}
    assert ready["script"] in files["evaluation.txt"]["content"]
    sound = base64.b64decode(files["evaluation_audio.mp3"]["content"])
    seconds = soundfile.info(io.BytesIO(sound)).duration
    assert seconds > 5
    progress = received.of("pipeline_progress")[-1]
    assert progress["stage"] == "ready"
    return ready, progress["engines"], received.of("session_info")[0]["engines"]


async def test_from_microphone_to_saved_files(keyed, fake):
    ready, served, offered = await whole_session(keyed)
    assert "We noted" in ready["script"]
    assert served["evaluation"] == offered["evaluation"] == "openai:gpt-5.4-mini"
    assert served["speech"] == offered["speech"] == "openai:gpt-4o-mini-tts:coral"
    assert fake.billed == ["/v1/responses", "/v1/audio/speech"]
    log = keyed.written()
    for secret in (fakes.KEY, CANARY, "We noted", "Bearer"):
        assert secret not in log


async def test_when_openai_is_down_the_operator_has_an_evaluation_and_is_told(keyed, fake):
    fake.answers("/v1/responses", fakes.status(500)).answers("/v1/audio/speech", fakes.status(500))
    ready, served, offered = await whole_session(keyed)
    assert "We noted" not in ready["script"]
    assert offered["evaluation"] == "openai:gpt-5.4-mini"
    assert served["evaluation"] == "builtin"
    assert served["speech"].startswith("builtin:")
