"""The way of audio past Channels' dispatcher."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from speechcoach.metrics import CHUNK_SECONDS

YIELD_EVERY: Final = 32
"""Chunks of one socket that may be worked off before others have their turn;
of so many one is measured."""

Receive = Callable[[], Awaitable[Any]]


def beside(receive: Receive, take_audio: Callable[[bytes], None]) -> Receive:
    """A ``receive`` that gives all messages but those of audio, which ``take_audio`` is given.

    Channels makes a task for each message, and touches the database before each, in the one thread
    that all sockets share: audio must not wait for other people's queries.
    """

    chunks = 0

    async def receive_others() -> Any:
        nonlocal chunks
        while True:
            message = await receive()
            pcm = message.get("bytes")
            if pcm is None:
                return message
            chunks += 1
            if chunks % YIELD_EVERY:
                take_audio(pcm)
                continue
            began = time.perf_counter()
            take_audio(pcm)
            CHUNK_SECONDS.observe(time.perf_counter() - began)
            # A queue that is not empty is read without waiting.
            await asyncio.sleep(0)

    return receive_others
