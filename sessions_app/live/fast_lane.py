"""The way of audio past Channels' dispatcher."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import Any, Final

from sessions_app.core.audio import BYTES_PER_SAMPLE, SAMPLE_RATE
from speechcoach.audio_lane import EXTENSION, Lane, no_lane
from speechcoach.metrics import CHUNK_SECONDS

YIELD_EVERY: Final = 32
"""Chunks of one socket that may be worked off before others have their turn;
of so many one is measured."""

LATE_SECONDS: Final = 0.05
"""A chunk may be late by so much on its way before what came without it is read."""

Receive = Callable[[], Awaitable[Any]]


def lane_of(scope: Any) -> Lane:
    """The way that the server offers, or one that leads nowhere."""
    lane: Lane | None = scope.get("extensions", {}).get(EXTENSION)
    return no_lane() if lane is None else lane


def beside(scope: Any, receive: Receive, take_audio: Callable[[list[bytes]], int]) -> Receive:
    """A ``receive`` that gives all messages but those of audio, which ``take_audio`` is given.

    Channels makes a task for each message, and touches the database before each, in the one thread
    that all sockets share: audio must not wait for other people's queries. Where the server hands
    it over by itself (``audio_lane``), it does not even wait for this task.

    Args:
        take_audio: gives how many samples more it has use for at once.
    """

    lane = lane_of(scope)
    chunks = 0

    def take(pcms: list[bytes]) -> bool:
        """Whether it is the turn of others after these chunks."""
        nonlocal chunks
        before, chunks = chunks, chunks + len(pcms)
        measured = before // YIELD_EVERY != chunks // YIELD_EVERY
        began = time.perf_counter() if measured else 0.0
        missing = take_audio(pcms)
        if measured:
            CHUNK_SECONDS.observe((time.perf_counter() - began) / len(pcms))
        lane["wanted"] = missing * BYTES_PER_SAMPLE, missing / SAMPLE_RATE + LATE_SECONDS
        return measured

    async def receive_others() -> Any:
        # In this task's context: log lines are about the session.
        context = copy_context()

        def handed(pcms: list[bytes]) -> None:
            context.run(take, pcms)

        while True:
            lane["take"] = handed
            try:
                message = await receive()
            finally:
                # Until the application asks again, it is busy with what came before.
                lane["take"] = None
            pcm = message.get("bytes")
            if pcm is None:
                return message
            if take([pcm]):
                # A queue that is not empty is read without waiting.
                await asyncio.sleep(0)

    return receive_others
