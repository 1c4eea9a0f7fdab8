"""Real Redis for tests: the one that runs on this machine, and one of a test's own."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

SHARED_URL = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running Redis: the machine's, else one for this run. Keys must be the test's own."""
    with redis.Redis.from_url(SHARED_URL, socket_connect_timeout=2) as client:
        try:
            client.ping()
        except redis.RedisError:
            with own_redis(tmp_path_factory.mktemp("redis")) as url:
                yield url
        else:
            yield SHARED_URL


@contextmanager
def own_redis(folder: Path, *options: str) -> Iterator[str]:
    """A Redis that one test uses and may break, on a socket in ``folder``; yields its URL."""
    if shutil.which("redis-server") is None:
        # The address is not shown: it may hold a password.
        pytest.skip("no Redis answers on REDIS_URL or 127.0.0.1:6379, and none is installed")
    # The path of a socket has at most 107 bytes, and pytest's folders come close.
    socket = os.path.relpath(folder / "redis.sock")
    process = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", socket, "--save", "", *options],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if "eady to accept connections" in line:
                break
        yield f"unix://{folder / 'redis.sock'}"
    finally:
        process.terminate()
        process.communicate()
