"""What may break in a running stack, each fault as an operation on it that leaves it whole."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator
from typing import Final

import psutil
import psycopg

from speechcoach.stack.process import Supervised
from tests.stack.supervised import Stack

AWAY_SECONDS: Final = 3.0
PAUSED_SECONDS: Final = 10.0

Fault = Callable[[Stack], Coroutine[None, None, None]]

_NO_ROOM: Final = """
CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
END $$
"""
GROWING: Final = ("evaluations_output", "evaluations_stageresult", "evaluations_run")
"""The tables that grow when an evaluation is prepared, and when it is saved."""


def web_of_session(stack: Stack) -> Supervised:
    """The web process that holds a socket; any of them where none does."""
    for web in stack.web():
        port = stack.place.ports[web.name]
        with contextlib.suppress(psutil.NoSuchProcess):
            for one in psutil.Process(web.pid).net_connections("tcp"):
                if one.status == psutil.CONN_ESTABLISHED and one.laddr.port == port:
                    return web
    return stack.web()[0]


async def kill_web(stack: Stack) -> None:
    """SIGKILL; it is started again by itself."""
    web_of_session(stack).crash()


async def deploy_web(stack: Stack) -> None:
    """SIGTERM, and a new one once it has ended."""
    web = web_of_session(stack)
    await asyncio.to_thread(web.stop)
    web.start()


async def kill_evaluator(stack: Stack) -> None:
    stack["evaluate"].crash()


async def kill_speaker(stack: Stack) -> None:
    stack["speak"].crash()


async def kill_children(stack: Stack) -> None:
    """Of the worker that evaluates: its pool makes new ones."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in psutil.Process(stack["evaluate"].pid).children():
            child.kill()


async def restart_broker(stack: Stack) -> None:
    stack["broker"].crash()


async def restart_shared_memory(stack: Stack) -> None:
    """Captured sound is gone with it, and tickets, and who listens to whom."""
    stack["volatile"].crash()


async def pause_redis(stack: Stack, seconds: float = PAUSED_SECONDS) -> None:
    """Both are there, and say nothing."""
    both = (stack["broker"], stack["volatile"])
    for redis in both:
        redis.pause()
    try:
        await asyncio.sleep(seconds)
    finally:
        for redis in both:
            redis.resume()


async def restart_database(stack: Stack) -> None:
    """As if the power had failed, and come back after a while."""
    await asyncio.to_thread(stack["postgres"].kill)
    await asyncio.sleep(AWAY_SECONDS)
    await asyncio.to_thread(stack.ready_again, "postgres")


@contextlib.contextmanager
def no_room(stack: Stack, *tables: str) -> Iterator[None]:
    """Meanwhile nothing can be stored in these tables: the database says that its disk is full."""
    with psycopg.connect(stack.place.database, autocommit=True) as admin:
        admin.execute(_NO_ROOM)
        for table in tables:
            admin.execute(
                f"CREATE OR REPLACE TRIGGER no_room BEFORE INSERT OR UPDATE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION no_room()"
            )
        try:
            yield
        finally:
            for table in tables:
                admin.execute(f"DROP TRIGGER no_room ON {table}")


async def fill_disk(stack: Stack) -> None:
    with no_room(stack, *GROWING):
        await asyncio.sleep(AWAY_SECONDS)
