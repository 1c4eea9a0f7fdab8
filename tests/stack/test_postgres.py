"""The real server on a real PostgreSQL: a speech from consent to saved files, and its pages."""

from collections.abc import Iterator

import pytest

from tests.server import Server, serving, session, sign_in
from tests.speech import burst
from tests.stack.postgres import database

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with (
        database() as url,
        serving("uvicorn", AUDIO_MAX_LEAD_SECONDS="1500", DATABASE_URL=url) as running,
    ):
        yield running


async def test_the_whole_job(server: Server) -> None:
    async with session(server) as client:
        await client.delivered(burst(20).tobytes())
        await client.send("save_outputs")
        saved = await client.expect("outputs_saved")
    async with await sign_in(server, "member@harbour.example") as member:
        for path in saved["paths"]:
            assert await member.download(path)
        for page in ("", "sessions/", f"sessions/{client.session_id}/", "people/", "meetings/"):
            answer = await member.request("GET", f"/clubs/harbour/{page}")
            assert answer.status_code == 200, page
    async with await sign_in(server, "owner@riverside.example") as stranger:
        answer = await stranger.request("GET", saved["paths"][0])
        assert answer.status_code == 404


async def test_a_withdrawal_leaves_nothing(server: Server) -> None:
    async with session(server) as client:
        await client.spoken(burst(20).tobytes())
        await client.send("revoke_consent")
        await client.expect("data_purged", reason="opt_out")
    async with await sign_in(server) as operator:
        page = await operator.request("GET", f"/clubs/harbour/sessions/{client.session_id}/")
        assert "Ada Lovelace" not in page.text
