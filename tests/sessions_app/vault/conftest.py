"""Every vault that the product has, and recordings of a test's own in them."""

import uuid
from collections.abc import Callable

import pytest

from sessions_app.vault import AudioVault
from sessions_app.vault.blocks import BLOCK_BYTES
from sessions_app.vault.memory import MemoryVault
from tests.redis_server import redis_url

__all__ = ["redis_url"]

MakeVault = Callable[..., AudioVault]


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.stack)])
def make_vault(request) -> MakeVault:
    """Makes a vault: ``make_vault(block_bytes=…)``."""
    if request.param == "memory":
        return lambda block_bytes=BLOCK_BYTES: MemoryVault(100_000_000, block_bytes=block_bytes)
    url = request.getfixturevalue("redis_url")
    from sessions_app.vault.redis import RedisVault  # noqa: PLC0415 - an optional extra

    return lambda block_bytes=BLOCK_BYTES: RedisVault(url, block_bytes=block_bytes, ttl_seconds=60)


@pytest.fixture
def key() -> str:
    return f"1.{uuid.uuid4()}"
