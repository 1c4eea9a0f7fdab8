"""What is lost at the worst moments, and who may take a session up again."""

import sqlite3
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.recording_client import CHUNK, CUTS, RecordingClient, recording_client
from tests.faults.whole_speech import (
    PROJECT,
    SAMPLES,
    TEXTS,
    check_whole,
    digest,
    finish,
    samples_of,
    set_up,
    sha256_of,
)
from tests.server import Server, session, sign_in, socket

HALF = SAMPLES // 2


@pytest.mark.parametrize("how", CUTS)
async def test_a_cut_behind_stop(memory_server, how):
    """Whether the server has seen the Stop or not, the speech is evaluated once and whole."""
    async with recording_client(memory_server, samples_of(11)) as client:
        await set_up(client)
        await finish(client)
        await client.cut(how)
        await client.connect()
        await check_whole(client)


async def test_a_kill_behind_stop(redis_killable):
    async with recording_client(redis_killable.server, samples_of(12)) as client:
        await set_up(client)
        await finish(client)
        await redis_killable.kill()
        await client.lost()
        await redis_killable.start()
        await client.connect()
        await check_whole(client)


@pytest.mark.parametrize("stage", ["processing_speech", "generating_evaluation", "ready"])
async def test_a_kill_while_the_evaluation_is_prepared(redis_killable, stage):
    async with recording_client(redis_killable.server, samples_of(13)) as client:
        await set_up(client)
        await finish(client)
        await client.reached(stage)
        await redis_killable.kill()
        await client.lost()
        await redis_killable.start()
        await client.connect()
        await check_whole(client)


@pytest.mark.parametrize("how", CUTS)
@pytest.mark.parametrize("stage", ["generating_evaluation", "ready"])
async def test_a_cut_while_the_evaluation_is_prepared(memory_server, how, stage):
    async with recording_client(memory_server, samples_of(14)) as client:
        await set_up(client)
        await finish(client)
        await client.reached(stage)
        await client.cut(how)
        await client.connect()
        assert client.state == "processing"
        await check_whole(client)


async def test_a_deliver_is_not_lost_with_the_connection(memory_server):
    async with recording_client(memory_server, samples_of(15)) as client:
        await set_up(client)
        await finish(client)
        await client.send("deliver_evaluation")
        await client.reached("generating_evaluation")
        await client.cut("abort")
        await client.connect()
        ready = await client.expect("evaluation_ready")
        assert ready["evaluation"]["items"]
        await client.wait_for("delivery", lambda: client.state == "delivering")


@pytest.mark.parametrize("how", CUTS)
async def test_a_cut_while_delivering_shows_the_evaluation_again_without_sound(memory_server, how):
    async with recording_client(memory_server, samples_of(16)) as client:
        await set_up(client)
        await finish(client)
        await client.expect("pipeline_progress", stage="ready")
        await client.send("deliver_evaluation")
        first = await client.expect("evaluation_ready")
        await client.expect("tts_complete")
        await client.cut(how)
        await client.connect()
        assert await client.expect("evaluation_ready") == first
        assert client.state == "delivering"
        assert [segment["text"] for segment in client.segments[:-1]] == TEXTS
        assert digest(client) == sha256_of(client)
        await client.send("playback_finished")
        await client.wait_for("rest", lambda: client.state == "idle")
        await client.send("replay_tts")
        await client.expect("tts_complete")
        assert client.connection.received.types.count("tts_audio") == 1
        assert client.connection.received.types.count("evaluation_ready") == 1


async def test_a_kill_while_delivering(redis_killable):
    async with recording_client(redis_killable.server, samples_of(17)) as client:
        await set_up(client)
        await finish(client)
        await client.expect("pipeline_progress", stage="ready")
        await client.send("deliver_evaluation")
        await client.expect("tts_complete")
        await redis_killable.kill()
        await client.lost()
        await redis_killable.start()
        await client.connect()
        if client.state == "processing":
            # The row was a moment behind; the click may be repeated.
            await client.send("deliver_evaluation")
        await client.expect("evaluation_ready")
        await client.wait_for("delivery", lambda: client.state == "delivering")
        assert digest(client) == sha256_of(client)


async def test_of_two_connections_of_a_session_the_newer_one_has_it(memory_server):
    async with recording_client(memory_server, samples_of(18)) as client:
        await set_up(client)
        await client.speak(HALF)
        older = client.connection
        await client.connect()
        assert older.reader is not None
        await older.reader
        assert older.socket.close_code == 4409
        await finish(client)
        await check_whole(client)


async def test_a_page_too_busy_to_listen_hears_late_that_it_was_replaced(memory_server):
    pcm = samples_of(22)
    async with recording_client(memory_server, pcm) as client:
        await set_up(client)
        await client.speak(HALF)
        older = client.connection
        older.socket.transport.pause_reading()
        await client.connect()
        newer = client.connection.received
        await client.wait_for("three seconds", lambda: len(newer.of("elapsed_time")) >= 4)
        # It still records, and what it sends must not cost it what it has not read.
        await older.socket.send(pcm[: 2 * CHUNK])
        older.socket.transport.resume_reading()
        assert older.reader is not None
        await older.reader
        assert older.socket.close_code == 4409


async def refused(server: Server, client: RecordingClient, email: str, club: str) -> None:
    """Somebody else who names the session gets a fresh one of their own."""
    async with session(server, email, club, resume=client.session_id) as theirs:
        assert theirs.received.types == ["state_change", "session_info"]
        assert theirs.session_id != client.session_id
        assert theirs.received.of("session_info")[0]["capturedSamples"] == 0
        # None of it is anybody's else.
        assert (await theirs.settled()).types == ["error"]


async def test_nobody_else_takes_a_session_up(memory_server):
    async with recording_client(memory_server, samples_of(19)) as client:
        await set_up(client)
        await client.speak(HALF)
        await refused(memory_server, client, "owner@riverside.example", "riverside")
        async with await sign_in(memory_server, "member@harbour.example") as member:
            asked = {"purpose": "session", "club": "harbour"}
            answer = await member.request("POST", "/api/voice/token", json=asked)
            assert answer.status_code == 403
        async with socket(memory_server, None, resume=client.session_id) as nobody:
            assert await nobody.closed() == 4401
        assert client.connection.socket.close_code is None
        await finish(client)
        await check_whole(client)


@pytest.mark.parametrize("session_id", ["", "x", "00000000-0000-0000-0000-000000000000"])
async def test_a_session_that_never_was_is_a_fresh_one(memory_server, session_id):
    async with session(memory_server, resume=session_id) as client:
        assert client.received.types == ["state_change", "session_info"]


def last_seen(server: Server, session_id: str, ago: timedelta) -> None:
    """Set back the moment at which the session last gave a sign; its owner gives no other.

    It is held, or the next round of the purge, which comes when it will, takes what was captured.
    """
    moment = (datetime.now(UTC) - ago).replace(tzinfo=None).isoformat(sep=" ")
    path = server.own.data / "speechcoach.sqlite3"
    with closing(sqlite3.connect(path, timeout=20)) as database, database:
        changed = database.execute(
            "UPDATE sessions_app_speech SET seen_at = ?, owner = ? WHERE id = ?",
            (moment, uuid.uuid4().hex, session_id.replace("-", "")),
        )
        assert changed.rowcount == 1
        database.execute(
            "INSERT INTO sessions_app_legalhold (club_id, speech_id, reason, placed_at) "
            "SELECT club_id, id, 'a test', ? FROM sessions_app_speech WHERE id = ?",
            (moment, session_id.replace("-", "")),
        )


async def evaluated_again(client, text_of_last_line: str) -> None:
    """What was captured is evaluated, as ``process_captured`` asks."""
    await client.send("process_captured")
    await client.expect("state_change", state="processing")
    await client.expect("pipeline_progress", stage="ready")
    final = client.received.of("transcript_update")[-1]
    assert text_of_last_line in [segment["text"] for segment in final["segments"]]
    await client.send("deliver_evaluation")
    await client.expect("tts_complete")


async def test_after_the_window_what_was_captured_can_be_evaluated(memory_server):
    async with recording_client(memory_server, samples_of(20)) as client:
        await set_up(client)
        await client.speak(HALF)
        await client.acknowledged_to(HALF)
        await client.cut("half-open")
        assert client.session_id is not None
        last_seen(memory_server, client.session_id, timedelta(seconds=150))
        async with session(
            memory_server, speech=client.session_id, resume=client.session_id
        ) as again:
            assert again.received.states == ["idle"]
            assert "session_resumed" not in again.received.types
            info = again.received.of("session_info")[0]
            assert (info["sessionId"], info["capturedSamples"]) == (client.session_id, HALF)
            consent = await again.expect("consent_status")
            assert consent["consent"]["speakerName"] == "Ada Lovelace"
            await evaluated_again(again, TEXTS[6])


async def test_a_killed_tab_and_server_leave_what_was_captured(redis_killable):
    async with recording_client(redis_killable.server, samples_of(21)) as client:
        await set_up(client)
        await client.speak(HALF)
        await client.acknowledged_to(HALF)
        await redis_killable.kill()
        await client.lost()
        await redis_killable.start()
        async with session(redis_killable.server, speech=client.session_id) as again:
            assert again.received.states == ["idle"]
            assert again.received.of("session_info")[0]["capturedSamples"] == HALF
            await evaluated_again(again, TEXTS[6])
            await again.send("playback_finished")
            await again.expect("state_change", state="idle")
            await again.send("save_outputs")
            saved = await again.expect("outputs_saved")
            files = {file["name"]: file["content"] for file in saved["files"]}
            assert PROJECT["speechTitle"] in files["project-context.json"]
