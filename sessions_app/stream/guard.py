"""Ends a stream when its person may not have it any more."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Final

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from clubs.revocation import Permit
from sessions_app.stream.broadcaster import Reader
from sessions_app.stream.rows import require_watchable
from speechcoach.errors import ProductError

log = logging.getLogger(__name__)

CHECK_SECONDS: Final = 60.0
"""A ring may be lost, and who sees a speech changes without one."""


@contextlib.asynccontextmanager
async def guarded(reader: Reader, permit: Permit, speech_id: str) -> AsyncIterator[None]:
    """Meanwhile ``reader`` is closed as soon as ``permit`` or the sight of the speech is gone."""
    task = asyncio.create_task(_guard(reader, permit, speech_id), name="stream-guard")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _guard(reader: Reader, permit: Permit, speech_id: str) -> None:
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("there is no channel layer")
    channel = await layer.new_channel()
    for group in permit.groups:
        await layer.group_add(group, channel)
    try:
        # At once: what has changed while the groups were joined did not ring here.
        while await _holds(permit, speech_id):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CHECK_SECONDS):
                    await layer.receive(channel)
        reader.close()
    finally:
        for group in permit.groups:
            await layer.group_discard(group, channel)


async def _holds(permit: Permit, speech_id: str) -> bool:
    try:
        await _require(permit, speech_id)
    except ProductError:
        return False
    except Exception:
        # The database may be away for a while; the next look tells.
        log.exception("a stream's permit could not be checked")
    return True


# Its connection is closed when it is done; a thread that all streams share does it.
_require = database_sync_to_async(require_watchable, thread_sensitive=False)
