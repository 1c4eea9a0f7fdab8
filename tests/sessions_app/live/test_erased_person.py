"""A live session ends when an officer erases from the club whose speech it is."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from websockets.exceptions import ConnectionClosed

from clubs.demo import PASSWORD
from sessions_app.contract.close_codes import CloseCode
from sessions_app.rehearsal.account import Account
from tests.redis_server import own_redis
from tests.server import (
    DEADLINE_SECONDS,
    SCRIPT,
    SERVER_KINDS,
    Client,
    Server,
    serving,
    session,
    sign_in,
    socket,
)
from tests.sessions_app.live.newcomers import Newcomer, member_address, newcomer

OFFICER = "officer@harbour.example"
MEMBERSHIPS = "/admin/clubs/membership/"
SECOND = bytes(32_000)


@pytest.fixture(scope="module", params=[*SERVER_KINDS, "redis"])
def server(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[Server]:
    """Each server with a vault and groups of its own, and one with those in Redis."""
    with contextlib.ExitStack() as stack:
        kind, variables = request.param, {"AUDIO_MAX_LEAD_SECONDS": "1500"}
        if kind == "redis":
            folder: Path = tmp_path_factory.mktemp("redis")
            kind = SERVER_KINDS[-1]
            variables["REDIS_URL"] = stack.enter_context(own_redis(folder))
        yield stack.enter_context(serving(kind, SCRIPT, **variables))


async def erase(server: Server, owner: Account, person: Newcomer) -> None:
    """As an officer does it: choose the person, and say so once more."""
    member = (await member_address(owner, person)).split("/")[-2]
    async with Account(server.base_url) as officer:
        await officer.sign_in(OFFICER, PASSWORD)
        chosen = {"action": "erase", "_selected_action": member}
        asked = await officer.request("POST", MEMBERSHIPS, data=chosen)
        assert "cannot be undone" in asked.text
        done = await officer.request("POST", MEMBERSHIPS, data={**chosen, "confirm": "erase"})
        assert done.is_redirect
        shown = await officer.request("GET", MEMBERSHIPS)
        assert "The receipt is" in shown.text
        assert person.email not in shown.text


async def record(client: Client, speaker: str) -> None:
    """Consent, start, and one second that the server has."""
    await client.consented(speaker)
    await client.handshake()
    await client.send("start_recording")
    await client.expect("state_change", state="recording")
    await client.send_audio([SECOND])
    await client.expect("audio_ack", receivedSamples=16_000)


async def test_the_speakers_session_ends_and_no_other(server):
    async with (
        newcomer(server, "member") as (owner, person),
        session(server) as theirs,
        session(server) as other,
    ):
        await record(theirs, person.email)
        await record(other, "Somebody else")
        await erase(server, owner, person)
        assert await theirs.closed() == CloseCode.NOT_FOUND
        await other.send_audio([SECOND])
        await other.expect("audio_ack", receivedSamples=32_000)
        async with session(server, resume=theirs.session_id) as again:
            info = again.received.of("session_info")[0]
            assert info["sessionId"] != theirs.session_id
            assert info["capturedSamples"] == 0
            assert not again.received.of("session_resumed")
        async with await sign_in(server) as operator:
            named = {"purpose": "session", "club": "harbour", "speech": theirs.session_id}
            refused = await operator.request("POST", "/api/voice/token", json=named)
            assert refused.status_code == 404
            page = await operator.request("GET", f"/clubs/harbour/sessions/{theirs.session_id}/")
            assert page.status_code == 404


async def test_a_ticket_from_before_opens_nothing(server):
    async with newcomer(server, "member") as (owner, person):
        async with session(server) as client:
            await record(client, person.email)
            async with await sign_in(server) as operator:
                token = await operator.ticket("harbour", client.session_id)
            await erase(server, owner, person)
            assert await client.closed() == CloseCode.NOT_FOUND
        async with socket(server, token, resume=client.session_id) as late:
            assert await late.closed() == CloseCode.NOT_FOUND
            assert not late.received.frames


async def test_an_operator_who_is_erased_loses_the_session_and_the_speech_stays(server):
    """Whoever runs a session is not whose speech it is: somebody else goes on with it."""
    async with newcomer(server) as (owner, person):
        async with person.session() as client:
            await record(client, "A guest")
            await erase(server, owner, person)
            assert await client.closed() == CloseCode.FORBIDDEN
        token = await owner.ticket("harbour", client.session_id)
        async with socket(server, token, resume=client.session_id) as next_one:
            resumed = await next_one.expect("session_resumed")
            assert resumed["receivedSamples"] == 16_000


async def test_what_was_captured_is_gone(tmp_path):
    """Also what was still on its way when the speaker was erased."""
    with own_redis(tmp_path, "--notify-keyspace-events", "Kg") as url:
        with serving(SERVER_KINDS[-1], AUDIO_MAX_LEAD_SECONDS="1500", REDIS_URL=url) as server:
            async with (
                newcomer(server, "member") as (owner, person),
                session(server) as theirs,
                session(server) as other,
                Redis.from_url(url) as client,
                client.pubsub() as changes,
            ):
                await changes.psubscribe("__keyspace@0__:speechcoach.vault.*")
                await record(theirs, person.email)
                await record(other, "Somebody else")
                assert await kept(client) == {theirs.session_id, other.session_id}
                talking = asyncio.create_task(talk(theirs))
                await erase(server, owner, person)
                assert await talking == CloseCode.NOT_FOUND
                async with asyncio.timeout(DEADLINE_SECONDS):
                    while theirs.session_id in await kept(client):
                        await changes.get_message(timeout=None)
        # The server is gone: nothing can write any more.
        async with Redis.from_url(url) as client:
            assert await kept(client) == {other.session_id}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("DELETE FROM sessions_app_speech WHERE id = ?", CloseCode.NOT_FOUND),
        (
            "UPDATE sessions_app_speech SET owner = hex(randomblob(16)) WHERE id = ?",
            CloseCode.REPLACED,
        ),
    ],
    ids=["erased", "replaced"],
)
async def test_a_message_that_was_lost_is_made_up_for(strict_server, change, code):
    """Whoever changed the row could not ring: the session finds out by itself."""
    async with session(strict_server) as client:
        await client.start()
        path = strict_server.own.data / "speechcoach.sqlite3"
        with contextlib.closing(sqlite3.connect(path, timeout=20)) as database, database:
            changed = database.execute(change, [client.session_id.replace("-", "")])
            assert changed.rowcount == 1
        assert await client.closed() == code


async def talk(client: Client) -> int | None:
    """Say on, a second at a time, until the server closes; the code."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            await client.send_audio([SECOND])
            await client.expect("audio_ack")
    return client.socket.close_code


async def kept(client: Redis) -> set[str]:
    """The speeches that Redis holds sound of."""
    keys = [key.decode() async for key in client.scan_iter("speechcoach.vault.*")]
    return {key.partition("{")[2].partition("}")[0].rpartition(".")[2] for key in keys}
