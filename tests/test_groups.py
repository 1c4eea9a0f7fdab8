"""A message to a group arrives from any thread, and at once."""

import asyncio
import logging
import threading
import uuid

import pytest
from asgiref.sync import sync_to_async
from channels.layers import BaseChannelLayer, get_channel_layer
from django.test import override_settings

from speechcoach import groups
from tests.redis_server import redis_url
from tests.stack.breakable_redis import breakable_redis

__all__ = ["redis_url"]

GROUP = "club.1.speech.a"
TOLD = {"type": "run.changed", "run": 3}
DEADLINE_SECONDS = 60


def layers(backend: str, **config: object):
    return override_settings(CHANNEL_LAYERS={"default": {"BACKEND": backend, "CONFIG": config}})


@pytest.fixture
def _local():
    with layers("speechcoach.groups.LocalChannelLayer"):
        yield


def current() -> BaseChannelLayer:
    layer = get_channel_layer()
    assert layer is not None
    return layer


def tell() -> None:
    groups.tell(GROUP, "run.changed", run=3)


async def waiting() -> asyncio.Task[object]:
    """A socket that waits for the group's next message."""
    layer = current()
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    task = asyncio.create_task(layer.receive(channel))
    await asyncio.sleep(0)
    return task


def tell_from_a_thread() -> None:
    # In this mode asyncio raises where another thread touches a loop without waking it.
    asyncio.get_running_loop().set_debug(True)
    thread = threading.Thread(target=tell)
    thread.start()
    thread.join()


async def next_of(socket: asyncio.Task[object]) -> object:
    async with asyncio.timeout(DEADLINE_SECONDS):
        return await socket


@pytest.mark.usefixtures("_local")
async def test_a_thread_wakes_a_socket(caplog):
    socket = await waiting()
    tell_from_a_thread()
    assert "message lost" not in caplog.text
    assert await next_of(socket) == TOLD


@pytest.mark.usefixtures("_local")
async def test_a_view_tells_a_socket():
    socket = await waiting()
    await sync_to_async(tell)()
    assert await next_of(socket) == TOLD


@pytest.mark.usefixtures("_local")
def test_sockets_of_a_server_that_has_stopped_are_not_waited_for():
    async def leave() -> None:
        (await waiting()).cancel()

    asyncio.run(leave())
    tell()


async def test_a_coroutine_is_told_that_this_is_not_for_it():
    with pytest.raises(RuntimeError, match="AsyncToSync"):
        tell()


@pytest.mark.stack
async def test_with_redis_a_thread_tells_a_socket(redis_url):
    layer = "speechcoach.shared_groups.SharedChannelLayer"
    with layers(layer, hosts=[redis_url], prefix=f"test.{uuid.uuid4()}"):
        socket = await waiting()
        tell_from_a_thread()
        assert await next_of(socket) == TOLD
        await current().flush()


@pytest.mark.stack
async def test_who_comes_while_redis_restarts_waits_and_is_told():
    layer = "speechcoach.shared_groups.SharedChannelLayer"
    with breakable_redis() as redis, layers(layer, hosts=[redis.url], prefix="test"):
        before = await waiting()
        await current().group_send("another", TOLD)
        redis.kill()
        after, _ = await asyncio.gather(waiting(), asyncio.to_thread(redis.start))
        await current().group_send(GROUP, TOLD)
        assert [await next_of(before), await next_of(after)] == [TOLD, TOLD]
        await current().flush()


def test_a_redis_that_is_down_fails_nobody(caplog, tmp_path):
    layer = "speechcoach.shared_groups.SharedChannelLayer"
    with (
        layers(layer, hosts=[f"unix://{tmp_path / 'nobody.sock'}"]),
        caplog.at_level(logging.WARNING, "speechcoach.groups"),
    ):
        tell()
    assert f"message lost group={GROUP} kind=run.changed" in caplog.text


async def test_a_layer_that_is_down_is_asked_to_forget_every_group_and_stops_nobody(caplog):
    asked = []

    class Down:
        async def group_discard(self, group, channel):
            asked.append((group, channel))
            raise ConnectionError

    await groups.leave(Down(), "socket", ["one", "two"])
    assert asked == [("one", "socket"), ("two", "socket")]
    assert caplog.text.count("group not left: ConnectionError") == 2
