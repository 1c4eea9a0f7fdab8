"""With REDIS_URL several processes share audio, tickets and groups; without, one needs nothing."""

import asyncio
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
import redis
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.core.cache import caches
from django.test import override_settings

from sessions_app.live import tickets
from sessions_app.live.tickets import Ticket
from tests.redis_server import redis_url

__all__ = ["redis_url"]

ROOT = Path(__file__).resolve().parent.parent
NAMES = """
import django; django.setup()
from django.conf import settings
from speechcoach import providers
print(type(providers.vault()).__name__)
print(settings.CACHES["default"]["BACKEND"].rpartition(".")[2])
print(settings.CHANNEL_LAYERS["default"]["BACKEND"].rpartition(".")[2])
"""


def cache_settings(url: str, prefix: str) -> dict[str, object]:
    return {
        "default": {
            "BACKEND": "speechcoach.cache.SharedRedisCache",
            "LOCATION": url,
            "KEY_PREFIX": prefix,
        }
    }


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("", ["MemoryVault", "LocMemCache", "LocalChannelLayer"]),
        (
            "redis://redis.example:6379/3",
            ["RedisVault", "SharedRedisCache", "SharedChannelLayer"],
        ),
    ],
)
def test_the_address_of_redis_decides_what_is_shared(url, names):
    done = subprocess.run(
        [sys.executable, "-c", NAMES],
        cwd=ROOT,
        env=os.environ | {"REDIS_URL": url, "DJANGO_SETTINGS_MODULE": "speechcoach.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == names


@pytest.mark.stack
async def test_of_many_that_redeem_a_ticket_one_does(redis_url):
    with override_settings(CACHES=cache_settings(redis_url, f"test.{uuid.uuid4()}")):
        ticket = Ticket(user_id=1, club_id=2, purpose="session", speech_id="a")
        token = await asyncio.to_thread(tickets.issue, ticket)
        redeemed = await asyncio.gather(*(tickets.redeem(token) for _ in range(20)))
        assert [each for each in redeemed if each is not None] == [ticket]


@pytest.mark.stack
def test_clearing_the_cache_leaves_recordings_alone(redis_url):
    prefix = f"test.{uuid.uuid4()}"
    recording = f"speechcoach.vault.{prefix}"
    with (
        override_settings(CACHES=cache_settings(redis_url, prefix)),
        redis.Redis.from_url(redis_url) as client,
    ):
        client.set(recording, b"audio", ex=60)
        caches["default"].set_many({str(index): index for index in range(1_200)}, 60)
        caches["default"].clear()
        assert caches["default"].get("7") is None
        assert list(client.scan_iter(f"{prefix}*")) == []
        assert client.get(recording) == b"audio"
        client.delete(recording)


@pytest.mark.stack
async def test_a_group_reaches_another_process_s_layer(redis_url):
    prefix = f"test.{uuid.uuid4()}"
    here, there = (RedisPubSubChannelLayer(hosts=[redis_url], prefix=prefix) for _ in range(2))
    channel = await there.new_channel()
    await there.group_add("speech.1", channel)
    await here.group_send("speech.1", {"type": "run.changed", "run_id": 3})
    assert await there.receive(channel) == {"type": "run.changed", "run_id": 3}
    await here.flush()
    await there.flush()
