"""Servers for the tests of loss: one with its memory as vault, one that may be killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.killable import Killable, killable
from tests.faults.whole_speech import SCRIPT
from tests.redis_server import own_redis
from tests.server import SERVER_KINDS, Server, serving

LEAD = {"AUDIO_MAX_LEAD_SECONDS": "1500"}


@pytest.fixture(scope="package", params=SERVER_KINDS)
def memory_server(request) -> Iterator[Server]:
    with serving(request.param, SCRIPT, **LEAD) as running:
        yield running


@pytest.fixture(scope="package")
def redis_killable(tmp_path_factory) -> Iterator[Killable]:
    """Killed servers keep their captured speech, tickets and groups in a Redis of their own."""
    folder: Path = tmp_path_factory.mktemp("redis")
    with own_redis(folder) as url, killable(script=SCRIPT, REDIS_URL=url, **LEAD) as running:
        yield running
