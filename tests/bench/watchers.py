"""How soon those who watch a speech are told of each second, and what they cost the server."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sessions_app.core.audio import CHUNK_SAMPLES, SAMPLE_RATE
from sessions_app.rehearsal.own_server import OwnServer
from tests.bench.figures import percentiles, rounded
from tests.bench.processes import cpu_seconds, resident_bytes
from tests.bench.server import pinned_server
from tests.bench.vaults import redis_url
from tests.server import Client, Server, session, sign_in
from tests.speech import burst, cut
from tests.stack.postgres import database

WATCHERS = 200
MEMBER = "member@harbour.example"
CHUNK_SECONDS = CHUNK_SAMPLES / SAMPLE_RATE
# The first seconds are those in which everybody comes.
SETTLE_SECONDS = 3


def watchers(kind: str, seconds: int, *, stack: bool = False) -> dict[str, Any]:
    """One speech at the pace of a microphone, watched by two hundred streams.

    ``told…Ms`` is the time from the sending of the chunk that completes a second to the arrival of
    that second's bar, over all watchers and seconds.
    """
    with _surroundings(stack=stack) as variables, pinned_server(kind, more=variables) as own:
        return asyncio.run(_measure(own, seconds))


@contextmanager
def _surroundings(*, stack: bool) -> Iterator[dict[str, str]]:
    if not stack:
        yield {}
        return
    with database() as url:
        yield {"DATABASE_URL": url, "REDIS_URL": redis_url() or ""}


async def _measure(own: OwnServer, seconds: int) -> dict[str, Any]:
    server = Server(own.base_url, own.log, own.environment, own)
    pid = own.process.pid
    async with await sign_in(server, MEMBER) as member, session(server) as client:
        session_key = member.cookies["sessionid"]
        before, threads_before = resident_bytes(pid), threads_of(pid)
        async with contextlib.AsyncExitStack() as stack:
            streams = [
                await stack.enter_async_context(open_stream(server, client.session_id, session_key))
                for _ in range(WATCHERS)
            ]
            tasks = [asyncio.create_task(_bars(stream)) for stream in streams]
            # Last: who starts and says nothing for a while is taken back to idle.
            await client.start()
            begun = cpu_seconds(pid)
            sent = await _speak(client, seconds)
            cpu = cpu_seconds(pid) - begun
            after, threads = resident_bytes(pid), threads_of(pid)
            await client.send("stop_recording")
            told = await asyncio.gather(*tasks)
    late = [
        bars[seq] - sent[seq]
        for bars in told
        for seq in range(SETTLE_SECONDS, seconds)
        if seq in bars
    ]
    return {
        "watchers": WATCHERS,
        "seconds": seconds,
        "told": percentiles(late, "Ms", 1e3),
        "missed": sum(seq not in bars for bars in told for seq in range(seconds)),
        "serverBusy": rounded(cpu / seconds),
        "kibPerWatcher": rounded((after - before) / WATCHERS / 1024),
        "threadsPerWatcher": rounded((threads - threads_before) / WATCHERS),
    }


async def _speak(client: Client, seconds: int) -> list[float]:
    """Speak; when the last chunk of each second was sent."""
    reader = asyncio.create_task(_drain(client))
    sent = []
    begun = time.perf_counter()
    for number, chunk in enumerate(cut(burst(seconds).tobytes(), CHUNK_SAMPLES), start=1):
        await asyncio.sleep(max(0.0, begun + number * CHUNK_SECONDS - time.perf_counter()))
        await client.send_audio([chunk])
        if number * CHUNK_SAMPLES % SAMPLE_RATE == 0:
            sent.append(time.perf_counter())
    # The last seconds are told, too.
    await asyncio.sleep(1)
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    return sent


async def _drain(client: Client) -> None:
    while True:
        await client.next()


@contextlib.asynccontextmanager
async def open_stream(
    server: Server, speech: str, session_key: str
) -> AsyncIterator[asyncio.StreamReader]:
    """A stream so cheap to read that one core can hold hundreds."""
    address = urlsplit(server.base_url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(
        f"GET /stream/metrics?speech={speech} HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Accept: text/event-stream\r\nCookie: sessionid={session_key}\r\n\r\n".encode()
    )
    status = await reader.readline()
    if b" 200 " not in status:
        raise RuntimeError(f"no stream: {status!r}")
    try:
        yield reader
    finally:
        writer.close()


async def _bars(reader: asyncio.StreamReader) -> dict[int, float]:
    """When the bar of each second came first, until the stream ends."""
    came: dict[int, float] = {}
    is_bar = False
    while line := await reader.readline():
        if line.startswith(b"event: "):
            is_bar = line == b"event: bar\n"
            if line == b"event: end\n":
                break
        elif is_bar and line.startswith(b"data: "):
            seq = int(line.partition(b'"seq":')[2].split(b",", 1)[0])
            came.setdefault(seq, time.perf_counter())
    return came


def threads_of(pid: int) -> int:
    return len(os.listdir(Path("/proc", str(pid), "task")))  # noqa: PTH208 - only how many
