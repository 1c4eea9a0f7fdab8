"""``manage.py rehearse`` as a person calls it: a process with a command line."""

import asyncio
import json
import os
import signal
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import soundfile

from evaluations.core.evidence import check_item
from evaluations.core.shapes import Item, Segment, Transcript
from speechcoach.env import BASE_DIR
from tests.server import DEADLINE_SECONDS, OPERATOR, SCRIPT, Server, serving
from tests.speech import PASSAGE, burst, spoken

RECORDINGS = BASE_DIR.parent / "shared" / "audio"


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.out)
        return report


async def launch(*arguments: object, **variables: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "manage.py",
        "rehearse",
        *map(str, arguments),
        cwd=BASE_DIR,
        env={**os.environ, **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def rehearse(*arguments: object, **variables: str) -> Done:
    process = await launch(*arguments, **variables)
    out, err = await process.communicate()
    assert process.returncode is not None
    return Done(process.returncode, out.decode(), err.decode())


@pytest.fixture(scope="module")
def speech(tmp_path_factory) -> Path:
    path: Path = tmp_path_factory.mktemp("sound") / "speech.flac"
    soundfile.write(path, burst(20), 16_000)
    return path


def assert_quotes_stand(report: dict[str, Any]) -> None:
    transcript = Transcript(segments=tuple(map(Segment.model_validate, report["transcript"])))
    items = [Item.model_validate(item) for item in report["evaluation"]["items"]]
    assert items
    for item in items:
        assert check_item(item, transcript.words) == item


async def test_one_json_object_and_the_files(server, speech, tmp_path):
    folder = tmp_path / "out"
    done = await rehearse(
        *(speech, "--base-url", server.base_url, "--speed", "max", "--json"),
        *("--out", folder, "--consent", "Ada Lovelace"),
    )
    assert done.status == 0, done.err
    report = done.report
    assert [segment["text"] for segment in report["transcript"]] == [text for text, _, _ in SCRIPT]
    assert report["metrics"]["totalWords"] == sum(len(text.split()) for text, _, _ in SCRIPT)
    assert report["script"]
    assert report["message"] is None
    assert report["engines"]["final"] == "scripted"
    assert_quotes_stand(report)
    assert report["timings"]["speech"] == 20
    assert report["timings"]["stopToReady"] > 0
    assert report["timings"]["deliverToAudio"] > 0
    assert report["messageTypes"][:2] == ["state_change", "session_info"]
    assert {"audio_ack", "tts_audio", "outputs_saved"} <= {*report["messageTypes"], "audio_ack"}
    names = {output["name"] for output in report["outputs"]}
    assert {"transcript.txt", "metrics.json", "evaluation.txt", "consent.json"} <= names
    for output in report["outputs"]:
        assert len((folder / output["name"]).read_bytes()) == output["size"] > 0
        assert output["path"] == str(folder / output["name"])
        assert output["url"].startswith(server.base_url)
    assert json.loads((folder / "metrics.json").read_text()) == report["metrics"]
    assert json.loads((folder / "consent.json").read_text())["speakerName"] == "Ada Lovelace"
    assert "Generating evaluation" in done.err


async def test_plain_lines_where_there_is_no_terminal(server, speech):
    done = await rehearse(speech, "--base-url", server.base_url, "--speed", "max")
    assert done.status == 0, done.err
    assert not done.err
    assert "\x1b" not in done.out
    for text, start, _ in SCRIPT:
        assert f"[00:{int(start):02}] {text}" in done.out.splitlines()
    assert "Words per minute" in done.out
    assert "Recommendations" in done.out
    assert "transcript.txt" in done.out


async def test_a_speech_too_short_gives_transcript_and_metrics_and_says_so(server, tmp_path):
    path = tmp_path / "short.wav"
    soundfile.write(path, burst(3), 16_000)
    done = await rehearse(path, "--base-url", server.base_url, "--speed", "max", "--json")
    assert done.status == 0, done.err
    report = done.report
    assert report["evaluation"] is None
    assert report["script"] is None
    assert report["transcript"]
    assert report["metrics"]["totalWords"] > 0
    assert "too short" in report["message"]
    assert "too short" in done.err


async def test_at_the_speed_of_speech_the_default_limits_do(strict_server, tmp_path):
    path = tmp_path / "short.wav"
    soundfile.write(path, burst(2), 16_000)
    done = await rehearse(path, "--base-url", strict_server.base_url, "--json")
    assert done.status == 0, done.err
    report = done.report
    assert report["timings"]["recording"] >= 2
    assert {"audio_ack", "elapsed_time", "vad_status"} <= set(report["messageTypes"])


async def test_at_full_speed_it_says_which_setting_to_raise(strict_server, speech):
    done = await rehearse(speech, "--base-url", strict_server.base_url, "--speed", "max")
    assert done.status == 1
    assert "AUDIO_MAX_LEAD_SECONDS" in done.err
    assert "Traceback" not in done.err


def refused(done: Done, fragment: str) -> None:
    assert done.status == 1
    assert not done.out
    assert len(done.err.strip().splitlines()) == 1, done.err
    assert fragment in done.err


async def test_each_refusal_is_one_line(strict_server: Server, speech, tmp_path):
    text = tmp_path / "speech.txt"
    text.write_text("Good evening.")
    url = ("--base-url", strict_server.base_url)
    refused(await rehearse(tmp_path / "nothing.wav"), "There is no file")
    refused(await rehearse(text), "not a sound file")
    refused(await rehearse(speech, *url, "--password", "wrong"), OPERATOR)
    refused(await rehearse(speech, *url, "--email", "member@harbour.example"), "may not")
    refused(await rehearse(speech, *url, "--club", "riverside"), "may not")
    refused(await rehearse(speech, "--base-url", "http://127.0.0.1:9"), "No server answers")
    refused(await rehearse(speech, "--base-url", "127.0.0.1:9"), "no address")


def marked(mark: str) -> list[str]:
    """The processes of this machine that carry ``mark`` in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in entry.read_text(errors="replace"):
                found.append(entry.parent.name)
        except OSError:
            continue
    return found


@pytest.fixture
def scripted(tmp_path) -> dict[str, str]:
    """Variables for a server of its own with the scripted transcription, and a mark to find it."""
    script = tmp_path / "script.json"
    lines = [{"text": text, "start": start, "end": end} for text, start, end in SCRIPT]
    script.write_text(json.dumps(lines))
    return {
        "TRANSCRIBER": f"scripted:{script}",
        "REHEARSAL_MARK": uuid.uuid4().hex,
        "DATA_DIR": str(tmp_path / "mine"),
    }


async def test_without_an_address_it_brings_a_server_of_its_own(speech, tmp_path, scripted):
    done = await rehearse(speech, "--json", **scripted)
    assert done.status == 0, done.err
    assert_quotes_stand(done.report)
    assert not marked(scripted["REHEARSAL_MARK"])
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx.TransportError):
            await client.get(done.report["outputs"][0]["url"])
    # Only what every command makes: the key of this data folder.
    assert {path.name for path in (tmp_path / "mine").iterdir()} == {"secret_key"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_rehearsal_that_is_stopped_takes_its_server_along(speech, scripted, number):
    process = await launch(speech, "--speed", "1", **scripted)
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE_SECONDS):
        # The first caption: it is under way.
        assert SCRIPT[0][0] in (await process.stdout.readline()).decode()
        process.send_signal(number)
        _out, err = await process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in err.decode()
    assert not marked(scripted["REHEARSAL_MARK"])


@pytest.fixture(scope="module")
def real_server():
    """The engines that a fresh clone has."""
    with serving(script=None, AUDIO_MAX_LEAD_SECONDS="1500") as running:
        yield running


async def test_real_engines_on_spoken_words(real_server, tmp_path):
    path = tmp_path / "passage.wav"
    soundfile.write(path, spoken(PASSAGE), 16_000)
    done = await rehearse(path, "--base-url", real_server.base_url, "--speed", "max", "--json")
    assert done.status == 0, done.err
    report = done.report
    assert report["engines"]["final"] != "scripted"
    assert report["metrics"]["totalWords"] > 20
    assert_quotes_stand(report)
    assert {"transcript.txt", "evaluation.txt"} <= {file["name"] for file in report["outputs"]}


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("name", "heard"), [("jfk.flac", {"country"}), ("austen-0870.wav", {"john", "leisure"})]
)
async def test_real_engines_on_real_voices(real_server, name, heard):
    path = RECORDINGS / name
    if not path.exists():
        pytest.skip(f"{path} is not on this machine")
    done = await rehearse(path, "--base-url", real_server.base_url, "--speed", "max", "--json")
    assert done.status == 0, done.err
    report = done.report
    text = " ".join(segment["text"].lower() for segment in report["transcript"])
    assert any(word in text for word in heard)
    assert report["metrics"]["totalWords"] > 10
    if report["evaluation"] is not None:
        assert_quotes_stand(report)
