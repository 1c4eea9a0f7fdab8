"""Audio does not wait for the database; a real consumer without its socket."""

import asyncio
import threading
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

from asgiref.sync import sync_to_async

from sessions_app.live.consumer import SessionConsumer
from tests.server import DEADLINE_SECONDS


async def test_a_slow_query_elsewhere_does_not_delay_audio():
    """All sockets share one thread for the database, and somebody's query holds it."""
    release, audio = threading.Event(), []
    slow = asyncio.create_task(sync_to_async(release.wait, thread_sensitive=True)(DEADLINE_SECONDS))
    consumer: Any = SessionConsumer(vendors=Mock())
    consumer.machine = SimpleNamespace(
        receive_audio=lambda pcm, _now: audio.append(pcm),
        receive_malformed=lambda _sentence, _now: None,
        effects=list,
    )
    text = asyncio.create_task(consumer.dispatch({"type": "websocket.receive", "text": "{"}))
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            for _ in range(20):
                await consumer.dispatch({"type": "websocket.receive", "bytes": bytes(1_600)})
        assert len(audio) == 20
        assert not slow.done()
        # What does go by the database waits: the test would see it if audio did.
        assert not text.done()
    finally:
        release.set()
        await asyncio.gather(slow, text)
