"""A club is suspended by whoever runs the server, while people are in it, and let go again."""

import asyncio
import contextlib
import os
import re
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from clubs.access import SUSPENDED
from sessions_app.contract.close_codes import CloseCode
from sessions_app.rehearsal.account import Account
from speechcoach.env import BASE_DIR
from tests.redis_server import own_redis
from tests.server import SCRIPT, SERVER_KINDS, Client, Server, serving, session, sign_in, socket
from tests.speech import burst

CLUBS = "/admin/clubs/club/"
STRANGER = "owner@riverside.example"
ROLES = ("owner", "officer", "operator", "member")
PAGES = ("", "sessions/", "sessions/new/", "people/", "meetings/", "meetings/new/", "engines/")


@pytest.fixture(scope="module", params=[*SERVER_KINDS, "redis"])
def server(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[Server]:
    """Each server with the groups of its own process, and one with those in Redis."""
    with contextlib.ExitStack() as stack:
        kind, variables = request.param, {"AUDIO_MAX_LEAD_SECONDS": "1500"}
        if kind == "redis":
            folder: Path = tmp_path_factory.mktemp("redis")
            kind = SERVER_KINDS[-1]
            variables["REDIS_URL"] = stack.enter_context(own_redis(folder))
        yield stack.enter_context(serving(kind, SCRIPT, **variables))


class Superuser:
    """Whoever runs the server, in the admin."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def suspend(self, slug: str) -> None:
        await self._save(slug, "2026-11-21", "12:00:00")

    async def lift(self, slug: str) -> None:
        await self._save(slug, "", "")

    async def _save(self, slug: str, day: str, time: str) -> None:
        """Fill in the form as it is shown, with another time in it."""
        listed = (await self._account.request("GET", f"{CLUBS}?q={slug}")).text
        found = re.search(rf"{CLUBS}\d+/change/", listed)
        assert found, listed
        shown = (await self._account.request("GET", found.group())).text
        name = re.search(r'name="name" value="([^"]*)"', shown)
        assert name, shown
        saved = await self._account.request(
            "POST",
            found.group(),
            data={"name": name[1], "slug": slug, "suspended_at_0": day, "suspended_at_1": time},
        )
        assert saved.is_redirect, saved.text


@contextlib.asynccontextmanager
async def superuser(server: Server) -> AsyncIterator[Superuser]:
    """One who is made as the documentation says; what they suspend is let go at the end."""
    email, password = f"{secrets.token_hex(8)}@server.example", secrets.token_urlsafe()
    command = [sys.executable, "manage.py", "createsuperuser", "--noinput", "--email", email]
    await asyncio.to_thread(
        subprocess.run,
        command,
        cwd=BASE_DIR,
        env={**os.environ, **server.environment, "DJANGO_SUPERUSER_PASSWORD": password},
        check=True,
        capture_output=True,
    )
    async with Account(server.base_url) as account:
        await account.sign_in(email, password)
        acting = Superuser(account)
        try:
            yield acting
        finally:
            await acting.lift("harbour")


async def still_there(client: Client) -> None:
    await client.send("panic_mute")
    await client.expect("state_change", state="idle")


async def test_every_socket_of_the_club_closes_and_no_other(server):
    async with (
        superuser(server) as root,
        session(server) as recording,
        session(server, "owner@harbour.example") as waiting,
        session(server, STRANGER, "riverside") as elsewhere,
    ):
        await recording.start()
        await root.suspend("harbour")
        assert await recording.closed() == CloseCode.FORBIDDEN
        assert await waiting.closed() == CloseCode.FORBIDDEN
        await still_there(elsewhere)


async def test_nobody_gets_in_and_nothing_is_lost(server):
    async with superuser(server) as root:
        async with session(server) as client, await sign_in(server) as operator:
            await client.start()
            await client.send_audio([bytes(32_000)])
            await client.expect("audio_ack", receivedSamples=16_000)
            early = await operator.ticket("harbour", client.session_id)
            await root.suspend("harbour")
            assert await client.closed() == CloseCode.FORBIDDEN
        # A ticket from before is no way around it.
        async with socket(server, early, resume=client.session_id) as late:
            assert await late.closed() == CloseCode.FORBIDDEN
            assert not late.received.frames
        for role in ROLES:
            async with await sign_in(server, f"{role}@harbour.example") as account:
                for page in (*PAGES, f"sessions/{client.session_id}/live/"):
                    answer = await account.request("GET", f"/clubs/harbour/{page}")
                    assert answer.status_code == 403, (role, page)
                    assert SUSPENDED in answer.text, (role, page)
                listed = await account.request("GET", "/clubs/")
                assert "suspended" in listed.text
                named = {"purpose": "session", "club": "harbour"}
                refused = await account.request("POST", "/api/voice/token", json=named)
                assert refused.status_code == 403
                assert refused.json()["message"] == SUSPENDED
                # What is theirs they may always see and take along.
                assert (await account.request("GET", "/accounts/data/")).status_code == 200
        async with await sign_in(server, "officer@harbour.example") as officer:
            assert (await officer.request("GET", "/admin/login/")).status_code == 404
        async with await sign_in(server, STRANGER) as stranger:
            assert (await stranger.request("GET", "/clubs/riverside/people/")).status_code == 200
            known = await stranger.request("GET", "/clubs/harbour/people/")
            made_up = await stranger.request("GET", "/clubs/no-such-club/people/")
            assert (known.status_code, known.text) == (404, made_up.text)
        await root.lift("harbour")
        for role in ROLES:
            async with await sign_in(server, f"{role}@harbour.example") as account:
                assert (await account.request("GET", "/clubs/harbour/")).status_code == 200
        async with session(server, speech=client.session_id) as again:
            assert again.received.of("session_info")[0]["capturedSamples"] == 16_000


async def test_a_shared_speech_is_shut_with_its_club(server):
    async with superuser(server) as root, Account(server.base_url) as visitor:
        async with session(server) as client:
            await client.delivered(burst(20).tobytes())
            await client.send("save_outputs")
            await client.expect("outputs_saved")
        async with await sign_in(server, "officer@harbour.example") as officer:
            page = f"/clubs/harbour/sessions/{client.session_id}/"
            made = await officer.request("POST", f"{page}share/", data={"days": "7"})
            found = re.search(r"/shared/[\w-]+/", made.text)
            assert found, made.text
        shared = found.group()
        assert (await visitor.request("GET", shared)).status_code == 200
        await root.suspend("harbour")
        shut = await visitor.request("GET", shared)
        assert shut.status_code == 404
        made_up = await visitor.request("GET", f"/shared/{'a' * 43}/")
        assert shut.text == made_up.text
        await root.lift("harbour")
        assert (await visitor.request("GET", shared)).status_code == 200
