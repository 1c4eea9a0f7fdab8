"""What a chunk costs the server at the beginning of a speech and at its end."""

import asyncio
import time
from typing import Any

from sessions_app.core.audio import BYTES_PER_SECOND
from sessions_app.core.vad import WINDOW_SECONDS
from sessions_app.rehearsal.own_server import OwnServer
from tests.bench import audio
from tests.bench.figures import rounded, slope
from tests.bench.load import LoadSession, framed, operator, pace
from tests.bench.processes import cpu_seconds, resident_bytes
from tests.bench.server import pinned_server

MINUTE_CHUNKS = round(60 / WINDOW_SECONDS)
FAST_MINUTES = 24
IN_FLIGHT = 100
"""Chunks that may be ahead of the server's status: it is never idle, and never floods a queue."""
WARM_UP_SECONDS = 12
"""The first purge clock, which comes after 10 s, loads modules; that is no chunk's cost."""
QUIET_SECONDS, QUIET_SHARE = 0.25, 0.2
"""A server that has caught up is hardly busy; what it does by the clock is a few hundredths."""
UNKEPT = 2_000
"""Chunks not yet acknowledged: less than the two minutes that a browser keeps."""


def chunk_path(kind: str, *, paced_seconds: int, redis: str = "") -> dict[str, Any]:
    """One session of nearly the longest speech; its audio lies at ``redis``, or in the process.

    After a warm-up: ``paced_seconds`` at the pace of a microphone, 24 minutes as fast as the server
    takes them, and ``paced_seconds`` at the pace of a microphone again; at most 23 s, or it would
    be the longest speech, which the server stops by itself.
    """
    with pinned_server(kind, more={"REDIS_URL": redis}) as server:
        return asyncio.run(_measure(server, paced_seconds))


async def _measure(server: OwnServer, paced_seconds: int) -> dict[str, Any]:
    pid = server.process.pid
    minute = framed(audio.chunks(60))
    paced = _seconds_of(minute, paced_seconds)
    async with operator(server) as person:
        session = await person.session()
        await _paced_cost(session, _seconds_of(minute, WARM_UP_SECONDS), pid)
        young = await _paced_cost(session, paced, pid)
        costs: list[float] = []
        resident: list[int] = []
        for _ in range(FAST_MINUTES):
            costs.append(await _fast_cost(session, minute, pid))
            resident.append(resident_bytes(pid))
        await session.acknowledged(ahead=0)
        old = await _paced_cost(session, paced, pid)
        await session.panic()
        session.abandon()
    # The first minutes hold what any first speech brings in: modules, buffers, the raw tail.
    growth = slope(resident[4:])
    return {
        "fullSpeed": {
            "firstMinuteMicrosPerChunk": rounded(costs[0]),
            "minute20MicrosPerChunk": rounded(costs[19]),
            "lastMinuteMicrosPerChunk": rounded(costs[-1]),
            "lastToFirst": rounded(costs[-1] / costs[0]),
            "everyMinuteMicrosPerChunk": [rounded(cost) for cost in costs],
        },
        "realTime": {
            "beginningMicrosPerChunk": rounded(young),
            "endMicrosPerChunk": rounded(old),
            "endToBeginning": rounded(old / young),
            "seconds": paced_seconds,
        },
        "memory": {
            "growthKiBPerMinute": rounded(growth / 1024),
            "growthToRawAudio": rounded(growth / (60 * BYTES_PER_SECOND)),
            "lastMinuteMiB": rounded(resident[-1] / 2**20),
        },
        "audio": audio.minute()[1],
    }


def _seconds_of(minute: list[bytes], seconds: int) -> list[bytes]:
    return minute[: round(seconds / WINDOW_SECONDS)]


async def _fast_cost(session: LoadSession, frames: list[bytes], pid: int) -> float:
    """Microseconds of the server's processor for each chunk."""
    before = cpu_seconds(pid)
    for count, frame in enumerate(frames):
        session.send(frame)
        if count % 20 == 0:
            await session.heard(ahead=IN_FLIGHT)
            await session.acknowledged(ahead=UNKEPT)
    await session.heard()
    await _settled(pid)
    return (cpu_seconds(pid) - before) / len(frames) * 1e6


async def _settled(pid: int) -> None:
    """Until the server has done what follows from the audio later: blocks are sealed, bars made."""
    busy = QUIET_SHARE
    while busy >= QUIET_SHARE:
        before, started = cpu_seconds(pid), time.monotonic()
        await asyncio.sleep(QUIET_SECONDS)
        busy = (cpu_seconds(pid) - before) / (time.monotonic() - started)


async def _paced_cost(session: LoadSession, frames: list[bytes], pid: int) -> float:
    before = cpu_seconds(pid)
    await pace(session, frames, WINDOW_SECONDS)
    await session.heard()
    return (cpu_seconds(pid) - before) / len(frames) * 1e6
