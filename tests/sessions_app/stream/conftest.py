"""Every ring that the product has, and a server to watch."""

import uuid
from collections.abc import Callable

import pytest

from sessions_app.stream import BarRing
from sessions_app.stream.memory import MemoryRing
from tests.redis_server import redis_url
from tests.server import server

__all__ = ["redis_url", "server"]

MakeRing = Callable[[], BarRing]


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.stack)])
def make_ring(request) -> MakeRing:
    if request.param == "memory":
        return MemoryRing
    url = request.getfixturevalue("redis_url")
    from sessions_app.stream.redis import RedisRing  # noqa: PLC0415 - an optional extra

    return lambda: RedisRing(url, ttl_seconds=60)


@pytest.fixture
def key() -> str:
    return f"1.{uuid.uuid4()}"
