"""Two hundred people watch one speech: they hold neither connections nor threads, only a place."""

import asyncio
import contextlib
from pathlib import Path

import psycopg
import pytest

from tests.bench.processes import resident_bytes
from tests.bench.watchers import open_stream, threads_of
from tests.redis_server import own_redis
from tests.server import SCRIPT, SERVER_KINDS, serving, session, sign_in
from tests.speech import burst, cut
from tests.stack.postgres import database

pytestmark = pytest.mark.stack

WATCHERS = 200
MEMBER = "member@harbour.example"
FEW = 12
"""What a server has of its own, however many watch: its pool is of sixteen at most."""


@pytest.mark.parametrize("kind", SERVER_KINDS)
async def test_two_hundred_watch_and_hold_nothing(kind: str, tmp_path: Path):
    many = {"MAX_SOCKETS_PER_USER": "1000", "MAX_SOCKETS_PER_CLUB": "1000"}
    stack = contextlib.ExitStack()
    with stack:
        url = stack.enter_context(database())
        redis = stack.enter_context(own_redis(tmp_path))
        server = stack.enter_context(
            serving(kind, SCRIPT, DATABASE_URL=url, REDIS_URL=redis, **many)
        )
        pid = server.own.process.pid
        async with (
            await sign_in(server, MEMBER) as member,
            session(server) as client,
            contextlib.AsyncExitStack() as streams,
        ):
            watch = (server, client.session_id, member.cookies["sessionid"])
            first = await streams.enter_async_context(open_stream(*watch))
            threads, memory = threads_of(pid), resident_bytes(pid)
            readers = [
                first,
                *[
                    await streams.enter_async_context(open_stream(*watch))
                    for _ in range(WATCHERS - 1)
                ],
            ]
            await client.start()
            await client.send_audio(cut(burst(3).tobytes()))
            await asyncio.gather(*(until_bar(reader, 2) for reader in readers))
            assert connections(url) <= FEW
            assert threads_of(pid) - threads <= FEW
            assert resident_bytes(pid) - memory < 60 * 2**20


async def until_bar(reader: asyncio.StreamReader, seq: int) -> None:
    is_bar = False
    while line := await reader.readline():
        if line.startswith(b"event: "):
            is_bar = line == b"event: bar\n"
        elif is_bar and line.startswith(b"data: ") and f'"seq":{seq},'.encode() in line:
            return
    raise AssertionError("the stream ended")


def connections(url: str) -> int:
    """To this database, without the one that asks."""
    with psycopg.connect(url) as asking:
        [count] = asking.execute(
            "SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = current_database()"
        ).fetchone() or (0,)
        return int(count)
