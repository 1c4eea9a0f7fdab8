import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.sessions_app.transcription.deepgram.talking import DEADLINE_SECONDS


@pytest.fixture(autouse=True)
async def nothing_goes_on() -> AsyncIterator[None]:
    """After a test every task that it started has ended by itself."""
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    if left:
        _, left = await asyncio.wait(left, timeout=DEADLINE_SECONDS)
    assert not left, left
