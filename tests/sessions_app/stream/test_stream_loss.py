"""Streams over the loss of their server, of the right to them, and of their reader's attention."""

import asyncio
import json
import select
import socket as sockets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from sessions_app.stream import Entry
from sessions_app.stream.redis import RedisRing
from tests.faults.killable import Killable, killable
from tests.redis_server import own_redis
from tests.server import DEADLINE_SECONDS, SCRIPT, SERVER_KINDS, Server, serving, session, sign_in
from tests.sessions_app.live.newcomers import member_address, newcomer
from tests.sessions_app.stream.watching import Chart, history, stream
from tests.speech import burst, cut

MEMBER = "member@harbour.example"
SPEECH = burst(19)
LEAD = {"AUDIO_MAX_LEAD_SECONDS": "1500"}
CUT_SECONDS = 5
"""The promise: by the ring, which rings at once. A look from time to time would take a minute."""


def is_bar(seq: int):
    return lambda told: told.kind == "bar" and told.data["seq"] == seq


@pytest.fixture(scope="module")
def memory_killable() -> Iterator[Killable]:
    with killable(script=SCRIPT, **LEAD) as running:
        yield running


@pytest.fixture(scope="module")
def redis_killable(tmp_path_factory) -> Iterator[Killable]:
    folder: Path = tmp_path_factory.mktemp("redis")
    with own_redis(folder) as url, killable(script=SCRIPT, REDIS_URL=url, **LEAD) as running:
        yield running


async def test_a_server_that_lost_its_bars_says_so(memory_killable: Killable):
    server = memory_killable.server
    async with await sign_in(server, MEMBER) as member:
        async with session(server) as client:
            speech = client.session_id
            await client.start()
            async with stream(member, speech) as watching:
                await client.send_audio(cut(SPEECH[:48_000].tobytes()))
                known = await watching.until(is_bar(2))
                await memory_killable.kill()
        await memory_killable.start()
        async with stream(member, speech, last_event_id=known.id) as watching:
            lost = await watching.until(lambda told: told.kind == "reset")
            assert lost.epoch != known.epoch
            found = await history(member, speech)
            assert (found["epoch"], found["bars"]) == (lost.epoch, [])
            async with session(server, speech=speech) as client:
                await client.start()
                begun = await watching.until(lambda told: told.kind == "reset")
                await client.send_audio(cut(SPEECH[:32_000].tobytes()))
                told = await watching.until(is_bar(1))
                assert told.epoch == begun.epoch != lost.epoch


async def test_bars_go_on_in_another_process(redis_killable: Killable):
    server = redis_killable.server
    chart = Chart()
    async with await sign_in(server, MEMBER) as member:
        async with session(server) as client:
            speech = client.session_id
            await client.start()
            async with stream(member, speech) as watching:
                await client.send_audio(cut(SPEECH[:104_800].tobytes()))
                await watching.until(is_bar(5))
                await client.expect("audio_ack", receivedSamples=104_800)
                for told in watching.received:
                    chart.take(told)
                await redis_killable.kill()
        await redis_killable.start()
        known = chart.last_id.rpartition("-")[0]
        async with session(server, speech=speech, resume=speech) as client:
            resumed = client.received.of("session_resumed")[0]["receivedSamples"]
            async with stream(member, speech, last_event_id=chart.last_id) as watching:
                await client.send_audio(cut(SPEECH[resumed:].tobytes(), 16_000))
                await client.send("stop_recording")
                for told in await watching.rest():
                    chart.take(told)
                assert watching.received[-1].kind == "end"
                assert {told.epoch for told in watching.received if told.id} == {known}
        found = await history(member, speech)
        assert chart.shown == found["bars"]
        assert [bar["seq"] for bar in found["bars"]] == list(range(19))
        assert all(bar["final"] for bar in found["bars"])
        # The row alone says the same.
        await redis_killable.kill()
        await redis_killable.start()
        assert await history(member, speech) == found


@pytest.fixture(scope="module", params=SERVER_KINDS)
def people_server(request) -> Iterator[Server]:
    with serving(request.param, SCRIPT, **LEAD) as running:
        yield running


async def test_a_stream_ends_with_the_membership(people_server: Server):
    async with newcomer(people_server) as (owner, person), session(people_server) as client:
        await client.start()
        await client.send_audio(cut(SPEECH[:32_000].tobytes()))
        async with stream(person.account, client.session_id) as watching:
            await watching.until(is_bar(1))
            await owner.request("POST", f"{await member_address(owner, person)}remove/")
            async with asyncio.timeout(CUT_SECONDS):
                rest = await watching.rest()
            assert "end" not in {told.kind for told in rest}
        async with stream(person.account, client.session_id) as again:
            assert again.response.status_code == 404


async def test_a_stream_ends_with_the_sign_in(people_server: Server):
    async with newcomer(people_server) as (_, person), session(people_server) as client:
        await client.start()
        await client.send_audio(cut(SPEECH[:32_000].tobytes()))
        async with stream(person.account, client.session_id) as watching:
            await watching.until(is_bar(1))
            await person.account.request("POST", "/accounts/logout/")
            async with asyncio.timeout(CUT_SECONDS):
                await watching.rest()
        async with stream(person.account, client.session_id) as again:
            assert again.response.status_code == 401


@pytest.mark.parametrize("kind", SERVER_KINDS)
async def test_a_server_that_is_told_to_stop_does_though_somebody_watches(kind):
    with serving(kind, SCRIPT) as server:
        async with session(server) as client, await sign_in(server, MEMBER) as member:
            await client.start()
            await client.send_audio(cut(SPEECH[:32_000].tobytes()))
            async with stream(member, client.session_id) as watching:
                await watching.until(is_bar(1))
                server.own.process.terminate()
                await watching.rest()
            await asyncio.to_thread(server.own.process.wait, DEADLINE_SECONDS)


def is_revision(rev: int):
    return lambda told: told.data.get("rev") == rev


PIECE = "x" * 1_000_000
PIECES = 60


@pytest.mark.parametrize("kind", SERVER_KINDS)
async def test_who_never_reads_costs_no_memory_and_is_cut_off(kind, tmp_path_factory):
    """Sixty megabytes are told to one who reads and one who does not."""
    folder: Path = tmp_path_factory.mktemp("redis")
    with own_redis(folder) as url, serving(kind, SCRIPT, REDIS_URL=url) as server:
        ring = RedisRing(url)
        async with await sign_in(server, MEMBER) as member, session(server) as client:
            speech = client.session_id
            await client.start()
            await client.send_audio(cut(SPEECH[:16_000].tobytes()))
            async with stream(member, speech) as watching:
                await watching.until(is_bar(0))
                key = key_of(speech, url)
                epoch = await ring.begin(key)
                # Who has not heard of it is told to load anew, and not of the first change.
                await watching.until(lambda told: told.kind == "reset")
                with deaf(server, speech, member.cookies["sessionid"]) as unread:
                    for rev in range(1, PIECES + 1):
                        if rev == PIECES // 4:
                            before = resident(server)
                        text = json.dumps({"seq": 0, "rev": rev, "filling": PIECE})
                        assert (await ring.put(key, epoch, [Entry(0, rev, False, text)])).kept
                        await watching.until(is_revision(rev))
                    assert resident(server) - before < 15 * 2**20
                    if kind == "daphne":
                        await asyncio.to_thread(cut_off, unread)
        await ring.drop(key)


def key_of(speech: str, url: str) -> str:
    """Under which key the speech is, whatever its club's id: its recording has begun."""
    with redis.Redis.from_url(url, decode_responses=True) as asked:
        [found] = asked.keys(f"speechcoach.bars.*{speech}*.mark")
        return str(found).partition("{")[2].partition("}")[0]


def deaf(server: Server, speech: str, session_key: str) -> sockets.socket:
    """A reader that asks for the stream and reads nothing."""
    address = urlsplit(server.base_url)
    opened = sockets.socket()
    opened.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4_096)
    opened.connect((address.hostname, address.port))
    opened.sendall(
        f"GET /stream/metrics?speech={speech} HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Cookie: sessionid={session_key}\r\n\r\n".encode()
    )
    return opened


def resident(server: Server) -> int:
    """Bytes of memory of the server's process."""
    status = Path(f"/proc/{server.own.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def cut_off(unread: sockets.socket) -> None:
    """Wait until the server has reset the connection."""
    waiting = select.poll()
    waiting.register(unread, select.POLLHUP)
    assert waiting.poll(DEADLINE_SECONDS * 1000), "the server still waits for it"
