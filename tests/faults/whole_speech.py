"""A speech of known samples and words: set up, spoken, and looked at when it is evaluated."""

import hashlib
from typing import Any

import numpy as np

from tests.faults.recording_client import RecordingClient
from tests.speech import SAMPLE_RATE

SECONDS = 60
SAMPLES = SECONDS * SAMPLE_RATE
LINES = tuple(
    (f"Line {number} of this speech is about patience and the river.", start, start + 3.5)
    for number, start in enumerate(range(1, SECONDS - 4, 4), 1)
)
TEXTS = [text for text, _, _ in LINES]
SCRIPT: tuple[Any, ...] = (*LINES, {"digest": True})
PROJECT = {"speechTitle": "The river", "projectType": "Ice breaker", "objectives": ["Be calm"]}
STYLE, LIMIT = "sbi", 90


def samples_of(seed: int) -> bytes:
    """A speech like no other: every sample random."""
    made = np.random.default_rng(seed).integers(-6_000, 6_000, SAMPLES)
    return made.astype("<i2").tobytes()


async def set_up(client: RecordingClient) -> None:
    await client.send("set_project_context", **PROJECT)
    await client.send("set_evaluation_style", style=STYLE)
    await client.send("set_time_limit", seconds=LIMIT)
    await client.expect("duration_estimate")
    await client.start()
    # The first second is over: what was agreed is in the row.
    await client.speak(SAMPLE_RATE)
    await client.acknowledged_to(SAMPLE_RATE)


async def finish(client: RecordingClient) -> None:
    """The rest of the speech, and Stop."""
    await client.speak(SAMPLES)
    await client.stop()


async def check_whole(client: RecordingClient) -> None:
    """All that was captured was evaluated, as it was agreed."""
    await client.wait_for("transcript", lambda: digest(client) is not None)
    assert digest(client) == sha256_of(client)
    assert [segment["text"] for segment in client.segments[:-1]] == TEXTS
    await client.expect("pipeline_progress", stage="ready")
    await client.send("deliver_evaluation")
    ready = await client.expect("evaluation_ready")
    assert ready["evaluation"]["evaluation_style"] == STYLE
    await client.expect("tts_complete")
    await client.send("playback_finished")
    await client.wait_for("rest", lambda: client.state == "idle")
    estimates = client.received.of("duration_estimate")
    assert {estimate["timeLimitSeconds"] for estimate in estimates} == {LIMIT}
    await client.send("save_outputs")
    saved = await client.expect("outputs_saved")
    files = {file["name"]: file["content"] for file in saved["files"]}
    assert '"speakerName": "Ada Lovelace"' in files["consent.json"]
    assert '"speechTitle": "The river"' in files["project-context.json"]
    assert "Line 14" in files["transcript.txt"]
    unexpected = [error["message"] for error in client.received.of("error")]
    assert not unexpected, unexpected
    assert not client.received.of("audio_format_error")


def sha256_of(client: RecordingClient) -> str:
    """What the final pass would say of exactly what was captured."""
    return f"sha256 {hashlib.sha256(client.pcm).hexdigest()}"


def digest(client: RecordingClient) -> str | None:
    """What the final pass said; None before it did."""
    last = client.segments[-1]["text"] if client.segments else ""
    return last if last.startswith("sha256") else None


def check_captions(client: RecordingClient) -> None:
    """What the page showed while it recorded: each line once, in order, without a hole."""
    live = [
        message["segments"]
        for message in client.received.of("transcript_update")
        if message["segments"] and message["segments"][-1]["text"].startswith("sha256")
    ]
    assert live
    shown: list[str] = []
    for message in client.received.of("transcript_update"):
        if message["segments"] == live[0]:
            break
        shown[message["replaceFromIndex"] :] = [s["text"] for s in message["segments"]]
    assert shown == TEXTS
