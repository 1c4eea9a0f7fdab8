"""The production stack's processes: web server, worker and clock, on real PostgreSQL and Redis.

What the web server asks for, another process does.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browser.beside import run_beside
from tests.redis_server import own_redis
from tests.server import CANARY, DEADLINE_SECONDS, Server, serving, session, sign_in
from tests.sessions_app.saved import WORDS
from tests.speech import burst
from tests.stack import retention
from tests.stack.mail import MailServer, mail_server
from tests.stack.postgres import database
from tests.stack.worker import Process, celery

pytestmark = pytest.mark.stack
WORKER = ("worker", "-Q", "evaluate,speak,housekeep", "--concurrency", "2", "--loglevel", "INFO")


@dataclass(frozen=True)
class Stack:
    server: Server
    mails: MailServer

    @contextlib.contextmanager
    def worker(self) -> Iterator[Process]:
        with celery(self.server.environment, *WORKER) as process:
            yield process

    @contextlib.contextmanager
    def clock(self, folder: Path) -> Iterator[Process]:
        schedule = ("beat", "--schedule", str(folder / "schedule"))
        with celery(self.server.environment, *schedule) as process:
            yield process


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[Stack]:
    """A web server without a worker yet. The broker's Redis is not the one that has the audio."""
    with contextlib.ExitStack() as parts:
        urls = {}
        for name in ("audio", "broker"):
            folder = tmp_path / name
            folder.mkdir()
            urls[name] = parts.enter_context(own_redis(folder))
        async with mail_server() as mails:
            server = parts.enter_context(
                serving(
                    "uvicorn",
                    AUDIO_MAX_LEAD_SECONDS="1500",
                    DATABASE_URL=parts.enter_context(database()),
                    REDIS_URL=urls["audio"],
                    BROKER_URL=urls["broker"].replace("unix://", "redis+socket://"),
                    EMAIL_URL=mails.url,
                )
            )
            yield Stack(server, mails)


async def test_a_worker_evaluates_what_the_web_server_captured(stack: Stack) -> None:
    async with session(stack.server) as client:
        await client.start()
        pcm = burst(20).tobytes()
        await client.send_audio([pcm[at : at + 32_000] for at in range(0, len(pcm), 32_000)])
        await client.send("stop_recording")
        await client.expect("state_change", state="processing")
        # Only now is there anybody who could evaluate it.
        with stack.worker() as worker:
            await client.expect("pipeline_progress", stage="ready")
            await client.send("deliver_evaluation")
            await client.expect_audio()
            await client.expect("tts_complete")
            await client.send("playback_finished")
            await client.expect("state_change", state="idle")
            await client.send("save_outputs")
            saved = await client.expect("outputs_saved")
    async with await sign_in(stack.server, "member@harbour.example") as member:
        files = [(await member.download(path)).decode("latin1") for path in saved["paths"]]
    assert any(CANARY in file for file in files)
    # Ids, and never words.
    assert CANARY not in worker.written() + stack.server.written()


async def test_retention_and_its_warning_are_a_workers(stack: Stack) -> None:
    speeches = await beside(stack, retention.save)
    with stack.worker() as worker:
        await beside(stack, retention.send)
        async with asyncio.timeout(DEADLINE_SECONDS):
            mail = await stack.mails.mails.get()
        await asyncio.to_thread(worker.wait_for, "retention done")
        left = await beside(stack, retention.found)
    assert set(left["speeches"]) == {speeches[name] for name in ("near", "new", "rested")}
    assert left["warned"] == [speeches["near"]]
    batch, done = left["audit"]
    assert batch == ["expired", "batch", 1, 1, 1]
    assert done[:2] == ["expired", "done"]
    assert mail["To"] == retention.SPEAKER
    text = mail.get_content()
    assert "will soon delete" in mail["Subject"]
    # By its title, which is not among the words that were said.
    assert retention.TITLE in text
    assert WORDS not in mail.as_string()
    assert stack.mails.mails.empty()
    assert WORDS not in worker.written()


async def test_the_clock_has_what_was_not_saved_purged(stack: Stack, tmp_path: Path) -> None:
    speeches = await beside(stack, retention.save)
    with stack.worker() as worker, stack.clock(tmp_path):
        line = await asyncio.to_thread(worker.wait_for, "purged club=")
        left = await beside(stack, retention.found)
    assert line.rstrip().endswith(f"speech={speeches['rested']}")
    assert set(left["speeches"]) >= {speeches["near"], speeches["new"], speeches["rested"]}
    assert ["unsaved", "batch", 1, 0, 0] in left["audit"]
    assert left["untitled"] == [speeches["rested"]]


async def beside(stack: Stack, function: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(run_beside, stack.server, function)
