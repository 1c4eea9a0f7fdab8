"""Contract, section 7: every extension, both ways, where it is valid and where it is not."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from typing import Any

import pytest

from evaluations.core.styles import STYLES
from tests.server import OPERATOR, SCRIPT, Client, Server, serving, session, sign_in
from tests.speech import burst, cut, silence

SPEECH = burst(20).tobytes()
SECOND = bytes(32_000)
PROJECT = {"speechTitle": "The river", "projectType": "Ice breaker", "objectives": ["Be calm"]}


async def refusal(client: Client, kind: str, **fields) -> str:
    """The sentence that refuses this message; the session goes on."""
    await client.send(kind, **fields)
    error = await client.expect("error")
    assert error["recoverable"] is True
    return error["message"]


async def speak(client: Client, pcm: bytes) -> None:
    await client.send_audio([pcm[at : at + 32_000] for at in range(0, len(pcm), 32_000)])


# Set-up messages: out of range, and out of place


@pytest.mark.parametrize(
    ("kind", "fields", "fragment"),
    [
        ("set_consent", {"speakerName": "", "consentConfirmed": True}, "speakerName"),
        ("set_consent", {"speakerName": "   ", "consentConfirmed": True}, "speakerName"),
        ("set_consent", {"speakerName": "x" * 121, "consentConfirmed": True}, "speakerName"),
        ("set_consent", {"speakerName": "Ada", "consentConfirmed": "yes"}, "consentConfirmed"),
        ("set_time_limit", {"seconds": 29}, "seconds"),
        ("set_time_limit", {"seconds": 601}, "seconds"),
        ("set_time_limit", {"seconds": "60"}, "seconds"),
        ("set_evaluation_style", {"style": "sbi "}, "Invalid evaluation style"),
        ("set_evaluation_style", {"style": 3}, "style"),
        ("set_active_roles", {"roleIds": ["timer", "jester"]}, "Unknown role"),
        ("set_active_roles", {"roleIds": "timer"}, "roleIds"),
        ("set_session_mode", {"mode": "rehearsal"}, "mode"),
        ("set_notes", {"notes": "x" * 2_001}, "notes"),
        ("process_captured", {}, "consent has not been confirmed"),
        ("replay_tts", {}, "No TTS audio available for replay."),
    ],
)
async def test_what_is_out_of_range_is_refused(server, kind, fields, fragment):
    async with session(server) as client:
        assert fragment in await refusal(client, kind, **fields)
        assert client.received.states == ["idle"]


@pytest.mark.parametrize(
    ("kind", "fields", "fragment"),
    [
        ("set_consent", {"speakerName": "Eve", "consentConfirmed": True}, "Cannot modify consent"),
        ("set_evaluation_style", {"style": "sbi"}, "idle"),
        ("set_session_mode", {"mode": "practice"}, "idle"),
        ("replay_tts", {}, "Invalid state transition"),
        ("process_captured", {}, "Invalid state transition"),
    ],
)
async def test_what_belongs_before_a_recording_is_refused_in_it(server, kind, fields, fragment):
    async with session(server) as client:
        await client.start()
        assert fragment in await refusal(client, kind, **fields)
        assert client.received.states == ["idle", "recording"]


@pytest.mark.parametrize(
    ("kind", "fields", "fragment"),
    [
        ("set_notes", {"notes": "Too late"}, "Invalid state transition"),
        ("set_consent", {"speakerName": "Eve", "consentConfirmed": True}, "Cannot modify consent"),
        ("set_time_limit", {"seconds": 60}, "Invalid state transition"),
        ("set_active_roles", {"roleIds": []}, "Invalid state transition"),
        ("set_evaluation_style", {"style": "sbi"}, "idle"),
        ("set_session_mode", {"mode": "practice"}, "idle"),
        ("replay_tts", {}, "Invalid state transition"),
        ("process_captured", {}, "Invalid state transition"),
    ],
)
async def test_what_is_refused_while_delivering(delivering, kind, fields, fragment):
    assert fragment in await refusal(delivering, kind, **fields)
    assert delivering.received.states[-1] == "delivering"


@pytest.fixture
async def delivering(server):
    async with session(server) as client:
        await client.spoken(SPEECH)
        await client.send("deliver_evaluation")
        await client.expect("tts_complete")
        yield client


# Set-up messages that are taken


@pytest.mark.parametrize("seconds", [30, 600])
async def test_a_time_limit_is_answered_with_an_estimate_that_fits_it(server, seconds):
    async with session(server) as client:
        await client.send("set_time_limit", seconds=seconds)
        estimate = await client.expect("duration_estimate")
        assert estimate["timeLimitSeconds"] == seconds
        assert 0 < estimate["estimatedSeconds"] <= seconds


async def test_a_limit_that_no_longer_fits_prepares_the_evaluation_again(server):
    async with session(server) as client:
        await client.send("set_time_limit", seconds=600)
        await client.spoken(SPEECH)
        first = client.received.of("pipeline_progress")[-1]["runId"]
        known = client.received.of("duration_estimate")[-1]
        assert known["timeLimitSeconds"] == 600
        await client.send("set_time_limit", seconds=30)
        assert known["estimatedSeconds"] > 30
        again = await client.expect("pipeline_progress", stage="invalidated")
        assert again["runId"] > first
        ready = await client.expect("pipeline_progress", stage="ready")
        assert ready["runId"] == again["runId"]
        estimate = client.received.of("duration_estimate")[-1]
        assert estimate["timeLimitSeconds"] == 30
        assert estimate["estimatedSeconds"] < known["estimatedSeconds"]


async def test_a_limit_that_fits_leaves_the_evaluation_alone(server):
    async with session(server) as client:
        await client.spoken(SPEECH)
        await client.send("set_time_limit", seconds=600)
        await client.expect("duration_estimate", timeLimitSeconds=600)
        await client.settled()
        assert "invalidated" not in [p["stage"] for p in client.received.of("pipeline_progress")]


async def test_an_unknown_style_is_told_which_there_are(server):
    async with session(server) as client:
        sentence = await refusal(client, "set_evaluation_style", style="shouting")
        assert "Invalid evaluation style" in sentence
        assert all(style in sentence for style in STYLES)


SET_UP: dict[str, dict[str, Any]] = {
    "set_evaluation_style": {"style": "sbi"},
    "set_project_context": PROJECT,
    "set_active_roles": {"roleIds": ["timer", "timer"]},
    "set_notes": {"notes": "Loud enough at the back. " * 80},
    "set_time_limit": {"seconds": 600},
}


@pytest.mark.parametrize("order", [list(SET_UP), list(reversed(SET_UP))])
async def test_set_up_holds_in_any_order(server, order):
    async with session(server) as client:
        for kind in order:
            await client.send(kind, **SET_UP[kind])
        await client.delivered(SPEECH)
        ready = client.received.of("evaluation_ready")[0]
        assert ready["evaluation"]["evaluation_style"] == "sbi"
        results = client.received.of("role_results")[0]["results"]
        assert [result["roleId"] for result in results] == ["timer"]
        types = client.received.types
        assert types.index("evaluation_ready") < types.index("role_results")
        assert types.index("role_results") < types.index("tts_audio")
        assert not client.received.of("error")


async def test_notes_may_be_taken_while_recording(server):
    async with session(server) as client:
        await client.start()
        await client.send("set_notes", notes="Looks at the audience.")
        assert (await client.settled()).types.count("error") == 1


async def test_an_unknown_role_is_told_which_there_are(server):
    async with session(server) as client:
        assert "timer" in await refusal(client, "set_active_roles", roleIds=["jester"])


# Replay


async def test_a_replay_plays_the_same_sound_without_the_evaluation(delivering):
    client = delivering
    first = next(frame for frame in client.received.frames if isinstance(frame, bytes))
    await client.send("playback_finished")
    await client.expect("state_change", state="idle")
    await client.send("replay_tts")
    await client.send("replay_tts")
    await client.expect("state_change", state="delivering")
    assert await client.expect_audio() == first
    await client.expect("tts_complete")
    await client.send("playback_finished")
    await client.expect("state_change", state="idle")
    assert client.received.types.count("evaluation_ready") == 1
    assert client.received.types.count("tts_audio") == 2


# Captured, and not stopped


async def test_what_was_captured_before_a_panic_can_be_evaluated(server):
    async with session(server) as client:
        await client.start()
        await speak(client, SPEECH)
        await client.expect("audio_ack", receivedSamples=20 * 16_000)
        await client.send("panic_mute")
        await client.expect("state_change", state="idle")
        await client.send("process_captured")
        await client.expect("state_change", state="processing")
        await client.expect("pipeline_progress", stage="ready")
        final = client.received.of("transcript_update")[-1]
        assert [segment["text"] for segment in final["segments"]] == [line[0] for line in SCRIPT]
        await client.send("deliver_evaluation")
        await client.expect("tts_complete")


async def test_nothing_captured_is_nothing_to_evaluate(server):
    async with session(server) as client:
        await client.consented()
        assert "No captured audio" in await refusal(client, "process_captured")


# Withdrawal


def rows(server: Server, query: str, *values: str) -> list[tuple[Any, ...]]:
    """What stands in the server's database."""
    with closing(sqlite3.connect(server.own.data / "speechcoach.sqlite3", timeout=20)) as database:
        return database.execute(query, values).fetchall()


async def test_a_withdrawal_erases_everything_of_the_speech(server):
    async with session(server) as client:
        await client.send("set_project_context", **PROJECT)
        await client.delivered(SPEECH)
        await client.send("save_outputs")
        saved = await client.expect("outputs_saved")
        await client.send("revoke_consent")
        after = await client.until(
            lambda frame: isinstance(frame, dict) and frame["type"] == "state_change"
        )
        assert after.of("data_purged")[0]["reason"] == "opt_out"
        assert after.of("consent_status")[0]["consent"] is None
        assert after.states == ["idle"]
        assert after.types.index("data_purged") < after.types.index("state_change")
        assert "No session data" in await refusal(client, "save_outputs")
        assert "No TTS audio" in await refusal(client, "replay_tts")
        assert "consent has not been confirmed" in await refusal(client, "process_captured")
        speech = client.session_id.replace("-", "")
    async with await sign_in(server, OPERATOR) as account:
        for path in saved["paths"]:
            assert (await account.request("GET", path)).status_code == 404
    consents = "SELECT confirmed FROM clubs_consentevent WHERE speech_id = ? ORDER BY id"
    assert rows(server, consents, speech) == [(1,), (0,)], "given, and withdrawn"
    runs = "SELECT count(*) FROM evaluations_run WHERE speech_id = ?"
    assert rows(server, runs, speech) == [(0,)]
    kept = (
        "SELECT speaker_name, title, project_type, objectives, consent_confirmed, recorded_at"
        " FROM sessions_app_speech WHERE id = ?"
    )
    assert rows(server, kept, speech) == [("", "", "", "[]", 0, None)]
    (session_row,) = rows(server, "SELECT session FROM sessions_app_speech WHERE id = ?", speech)
    for word in ("Lovelace", "river", "Good evening"):
        assert word not in (session_row[0] or "")


@pytest.mark.parametrize("state", ["recording", "processing", "delivering"])
async def test_a_withdrawal_holds_in_every_state(server, state):
    async with session(server) as client:
        await client.start()
        await speak(client, SPEECH)
        if state != "recording":
            await client.send("stop_recording")
            if state == "delivering":
                await client.send("deliver_evaluation")
            await client.expect("state_change", state=state)
        await client.send("revoke_consent")
        await client.expect("data_purged", reason="opt_out")
        await client.expect("state_change", state="idle")
        later = await client.settled()
        assert set(later.types) <= {"error", "pipeline_progress"}
        assert "No captured audio" in await refusal_after_consent(client)


async def refusal_after_consent(client: Client) -> str:
    await client.consented("Grace Hopper")
    return await refusal(client, "process_captured")


# What the server says by itself


@pytest.mark.parametrize(
    ("pcm", "kind"),
    [(silence(7).tobytes(), "muted"), (burst(7, level=60_000).tobytes(), "clipping")],
)
async def test_the_health_of_the_sound_is_told_and_its_recovery(server, pcm, kind):
    async with session(server) as client:
        await client.start()
        await client.send_audio(cut(pcm))
        told = await client.expect("audio_health")
        assert told["kind"] == kind
        assert told["message"]
        await client.send_audio(cut(burst(12).tobytes()))
        assert (await client.expect("audio_health"))["kind"] == "ok"


FAST = tuple(
    ("um one two three four five um six seven eight nine ten", start, start + 2.8)
    for start in range(1, 40, 3)
)


@pytest.fixture(scope="module")
def troubled() -> Iterator[Server]:
    """A server whose speaker hurries, and whose engine is lost and comes back."""
    lost = ({"at": 45.0, "status": "reconnecting"}, {"at": 46.0, "status": "reconnected"})
    script: tuple[Any, ...] = (*FAST, *lost, {"at": 48.0, "status": "failed"})
    with serving(script=script, AUDIO_MAX_LEAD_SECONDS="1500") as running:
        yield running


async def test_the_state_of_the_live_engine_is_told(troubled):
    async with session(troubled) as client:
        await client.start()
        await speak(client, burst(50).tobytes())
        await client.expect("transcription_status", status="failed")
        told = [message["status"] for message in client.received.of("transcription_status")]
        assert told == ["reconnecting", "reconnected", "failed"]


@pytest.mark.parametrize(("mode", "cues"), [("practice", True), ("live", False)])
async def test_cues_are_for_practice_only(troubled, mode, cues):
    async with session(troubled) as client:
        await client.send("set_session_mode", mode=mode)
        await client.start()
        await speak(client, burst(42).tobytes())
        await client.expect("audio_ack", receivedSamples=42 * 16_000)
        await client.send("stop_recording")
        await client.expect("pipeline_progress", stage="ready")
        found = client.received.of("coaching_cue")
        assert bool(found) is cues
        if cues:
            assert {"too_fast", "fillers"} <= {cue["cueType"] for cue in found}
            for kind in {cue["cueType"] for cue in found}:
                times = [cue["timestamp"] for cue in found if cue["cueType"] == kind]
                assert all(b - a >= 30 for a, b in pairwise(times))
