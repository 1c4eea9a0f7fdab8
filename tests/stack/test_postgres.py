"""The real server on a real PostgreSQL: a speech from consent to saved files, and its pages."""

import contextlib
import uuid
from collections.abc import Iterator

import pytest

from tests.server import Server, serving, session, sign_in
from tests.speech import burst

psycopg = pytest.importorskip("psycopg")
from psycopg import sql  # noqa: E402 - only where it is installed

pytestmark = pytest.mark.stack
ADMIN = "postgresql://127.0.0.1:5432/postgres"


@contextlib.contextmanager
def database() -> Iterator[str]:
    """A database of its own; skips where no server answers."""
    try:
        admin = psycopg.connect(ADMIN, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL at 127.0.0.1:5432: {error}")
    name = f"speechcoach_{uuid.uuid4().hex}"
    with contextlib.closing(admin):
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"postgresql://{admin.info.user}@127.0.0.1:5432/{name}"
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


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
