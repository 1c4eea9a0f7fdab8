"""A session's socket ends when its person may no longer have it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from clubs.demo import PASSWORD
from sessions_app.rehearsal.account import Account
from tests.redis_server import own_redis
from tests.server import SCRIPT, SERVER_KINDS, Server, serving, socket
from tests.sessions_app.live.newcomers import PEOPLE, member_address, newcomer, socket_of

NEW_PASSWORD = "words-on-the-water-9"


@pytest.fixture(scope="module", params=[*SERVER_KINDS, "redis"])
def server(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[Server]:
    """Each server with the groups of its own process, and one with those in Redis."""
    with contextlib.ExitStack() as stack:
        kind, variables = request.param, {}
        if kind == "redis":
            folder: Path = tmp_path_factory.mktemp("redis")
            kind = SERVER_KINDS[-1]
            variables["REDIS_URL"] = stack.enter_context(own_redis(folder))
        yield stack.enter_context(serving(kind, SCRIPT, **variables))


async def test_signing_out_ends_this_browsers_session_and_no_other(server):
    async with newcomer(server) as (_, person):
        elsewhere = Account(server.base_url)
        async with elsewhere:
            await elsewhere.sign_in(person.email, PASSWORD)
            async with person.session() as here, socket_of(elsewhere) as other:
                await person.account.request("POST", "/accounts/logout/")
                assert await here.closed() == 4401
                await other.send("panic_mute")
                await other.expect("state_change", state="idle")


async def test_a_new_password_ends_every_session(server):
    async with newcomer(server) as (_, person):
        async with person.session() as client:
            fields = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
            changed = await person.account.request(
                "POST", "/accounts/password/change/", data=fields
            )
            assert changed.is_redirect
            assert await client.closed() == 4401
        # Whoever changed it is signed in all the same, and goes on with a new ticket.
        async with person.session() as again:
            await again.consented()


async def test_removal_ends_the_session(server):
    async with newcomer(server) as (owner, person), person.session() as client:
        await owner.request("POST", f"{await member_address(owner, person)}remove/")
        assert await client.closed() == 4403


async def test_leaving_ends_the_session(server):
    async with newcomer(server) as (_, person), person.session() as client:
        await person.account.request("POST", f"{PEOPLE}leave/")
        assert await client.closed() == 4403


async def test_a_lower_role_ends_the_session_and_a_higher_one_does_not(server):
    async with newcomer(server) as (owner, person), person.session() as client:
        address = await member_address(owner, person)
        await owner.request("POST", f"{address}role/", data={"role": "officer"})
        await client.send("panic_mute")
        await client.expect("state_change", state="idle")
        await owner.request("POST", f"{address}role/", data={"role": "member"})
        assert await client.closed() == 4403


async def test_what_is_said_after_the_end_is_not_heard(server):
    """A recording ends where its operator's right ended, and whoever comes next finds it."""
    async with newcomer(server) as (owner, person):
        async with person.session() as client:
            await client.start()
            speech = client.session_id
            await client.send_audio([bytes(32_000)])
            await client.expect("audio_ack", receivedSamples=16_000)
            await owner.request("POST", f"{await member_address(owner, person)}remove/")
            assert await client.closed() == 4403
        refused = await person.account.request(
            "POST", "/api/voice/token", json={"purpose": "session", "club": "harbour"}
        )
        assert refused.status_code == 403
        async with socket(server, await owner.ticket("harbour", speech), resume=speech) as next_one:
            resumed = await next_one.expect("session_resumed")
            assert resumed["receivedSamples"] == 16_000


async def test_a_ticket_does_not_outlive_the_sign_in(server):
    async with newcomer(server) as (_, person):
        token = await person.account.ticket("harbour")
        await person.account.request("POST", "/accounts/logout/")
        async with socket(server, token) as client:
            assert await client.closed() == 4401
            assert not client.received.frames
