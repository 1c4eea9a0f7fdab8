"""The real server on a real PostgreSQL: a speech from consent to saved files, and its pages."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from speechcoach.env import BASE_DIR
from tests.server import Server, serving, session, sign_in
from tests.speech import burst
from tests.stack.postgres import database

pytestmark = pytest.mark.stack

AFTER_A_RESTART = """
import django, os, threading, psycopg
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "speechcoach.settings")
django.setup()
from django.db import connection

together = threading.Barrier(8)
at_work = []

def work():
    with connection.cursor() as cursor:
        together.wait()
        cursor.execute("SELECT 1")
        at_work.append(cursor.fetchone())
    connection.close()

def all_at_once():
    at_work.clear()
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()

all_at_once()
with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
    closed = server.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    ).fetchall()
all_at_once()
print(len(closed), "closed,", len(at_work), "at work")
connection.close_pool()
"""


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


async def test_a_name_that_it_cannot_hold_is_no_name(server: Server) -> None:
    async with session(server) as client:
        session_id = client.session_id
    async with await sign_in(server) as operator:
        for path in (
            f"/clubs/harbour/sessions/{session_id}/files/1/a%00b",
            "/stream/metrics?club=a%00b&speech=a%00b",
            "/invitations/a%00b/",
        ):
            answer = await operator.request("GET", path)
            assert answer.status_code == 404, path


def test_nobody_is_given_a_connection_that_the_server_has_closed():
    with database() as url:
        said = subprocess.run(
            [sys.executable, "-c", AFTER_A_RESTART],
            cwd=BASE_DIR,
            env={**os.environ, "DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
        )
    assert said.stdout == "8 closed, 8 at work\n", said.stderr
