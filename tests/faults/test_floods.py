"""What one client does to a server's memory and to the others, against real server processes."""

import asyncio
import ctypes
import json
import os
import socket
from collections.abc import AsyncIterator, Iterator

import psutil
import pytest

from sessions_app.core.audio import CHUNK_BYTES
from sessions_app.core.vad import STATUS_WINDOWS, WINDOW_SECONDS
from sessions_app.live.vendors import CROWD
from tests.bench import audio
from tests.bench.load import LoadSession, Operator, framed, operator, pace
from tests.server import DEADLINE_SECONDS, SERVER_KINDS, Server, serving

GROWTH_BYTES = 20 * 2**20
PIDFD_GETFD = 438
"""A system call that Python has no name for, of the same number on every architecture."""
WARM_UP = 30
"""Sessions that bring in what any first session does: modules, threads, pools."""
_warm: set[str] = set()


OPENED = 1_000
AT_ONCE = 10


@pytest.fixture(scope="module", params=SERVER_KINDS)
def own(request: pytest.FixtureRequest) -> Iterator[Server]:
    many = "1000"
    with serving(request.param, MAX_SOCKETS_PER_USER=many, MAX_SOCKETS_PER_CLUB=many) as server:
        yield server


@pytest.fixture
async def person(own: Server) -> AsyncIterator[Operator]:
    async with operator(own.own) as person:
        for _ in range(0 if own.base_url in _warm else WARM_UP):
            session = await person.session()
            session.abandon()
        _warm.add(own.base_url)
        yield person


def memory(own: Server) -> int:
    return int(psutil.Process(own.own.process.pid).memory_info().rss)


def frames() -> list[bytes]:
    return framed(audio.chunks(2))


async def still_served(neighbour: LoadSession) -> None:
    """Each of two seconds' statuses comes, and nothing is refused."""
    # What was sent before may still be on its way.
    await neighbour.heard()
    before = neighbour.statuses
    await pace(neighbour, frames(), WINDOW_SECONDS)
    await neighbour.heard()
    assert neighbour.lost is None
    assert neighbour.statuses - before == 40 // STATUS_WINDOWS


async def test_a_flood_of_audio_from_one_socket_is_refused_and_harms_nobody(own, person):
    neighbour, flooding = await person.session(), await person.session()
    await still_served(neighbour)
    before = memory(own)
    assert flooding.transport is not None
    # 200 MB, as fast as the server takes them; it hears that it is too much, and goes on.
    [big] = framed([bytes(64_000)])
    for _ in range(3_200):
        flooding.transport.write(big)
        while flooding.transport.get_write_buffer_size():  # noqa: ASYNC110 - a transport has no event
            await asyncio.sleep(0.001)
    await flooding.until_lost()
    assert "arrival rate" in str(flooding.lost)
    await still_served(neighbour)
    assert memory(own) - before < GROWTH_BYTES
    neighbour.abandon()


async def test_a_reader_that_never_reads_is_closed_and_harms_nobody(own, person):
    neighbour, deaf = await person.session(), await person.session()
    await still_served(neighbour)
    before = memory(own)
    assert deaf.transport is not None
    deaf.transport.pause_reading()
    # Each of these is answered, and none of the answers is read.
    text = json.dumps({"type": "set_time_limit", "seconds": 120, "filling": "n" * 8_000}).encode()
    while deaf.transport.get_write_buffer_size() < 2**20 and not deaf.transport.is_closing():
        deaf.say_framed(text)
        await asyncio.sleep(0)
    await still_served(neighbour)
    assert memory(own) - before < GROWTH_BYTES
    deaf.transport.resume_reading()
    await deaf.until_lost()
    # Its code may be lost behind what was not read.
    assert str(deaf.lost).startswith("closed with")
    neighbour.abandon()


@pytest.mark.parametrize("own", ["uvicorn"], indirect=True)
async def test_a_thousand_sockets_that_come_and_go_leave_nothing_behind(own, person):
    neighbour = await person.session()
    speaking = asyncio.create_task(pace(neighbour, frames() * 1_000, WINDOW_SECONDS))
    # The first ones bring in what any do.
    await come_and_go(person, OPENED // 10)
    before = memory(own)
    await come_and_go(person, OPENED * 9 // 10)
    grown = memory(own) - before
    speaking.cancel()
    await still_served(neighbour)
    assert grown < GROWTH_BYTES
    neighbour.abandon()


async def come_and_go(person: Operator, times: int) -> None:
    """So many sessions are opened, greeted, and left without a word."""

    async def once() -> None:
        (await person.greeted()).abandon()

    for _ in range(times // AT_ONCE):
        await asyncio.gather(*(once() for _ in range(AT_ONCE)))


async def test_in_a_crowd_what_is_said_between_two_chunks_is_heard(own, person):
    """There sound is read a quarter of a second at a time, and words must not wait for more."""
    crowd = [await person.greeted() for _ in range(CROWD)]
    speaker = await person.session()
    await still_served(speaker)
    for frame in frames()[: STATUS_WINDOWS - 2]:
        speaker.send(frame)
    # Nothing more comes that would complete a piece.
    await speaker.panic()
    assert speaker.lost is None
    for session in (*crowd, speaker):
        session.abandon()


def low_water_mark(own: Server, session: LoadSession) -> int:
    """For how many unread bytes the server's end of a session wakes it, asked of the kernel."""
    assert session.transport is not None
    here = session.transport.get_extra_info("sockname")
    process = psutil.Process(own.own.process.pid)
    [theirs] = [one.fd for one in process.net_connections("tcp") if one.raddr == here]
    held = os.pidfd_open(process.pid)
    try:
        copy = ctypes.CDLL(None, use_errno=True).syscall(PIDFD_GETFD, held, theirs, 0)
    finally:
        os.close(held)
    if copy < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    with socket.socket(fileno=copy) as end:
        return end.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT)


async def marked(own: Server, session: LoadSession, wanted: int) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while low_water_mark(own, session) != wanted:  # noqa: ASYNC110 - a kernel's socket has no event
            await asyncio.sleep(0.01)


async def test_a_crowd_s_sound_takes_the_short_way_and_is_gathered_by_the_kernel(own, person):
    speaker = await person.session()
    await still_served(speaker)
    assert low_water_mark(own, speaker) == 1
    crowd = [await person.greeted() for _ in range(CROWD)]
    # As long as it speaks: a mark has an end.
    speaking = asyncio.create_task(pace(speaker, frames() * 60, WINDOW_SECONDS))
    await marked(own, speaker, STATUS_WINDOWS * CHUNK_BYTES)
    speaking.cancel()
    await marked(own, speaker, 1)
    for session in (*crowd, speaker):
        session.abandon()
