"""Messages to the sockets of a group, from wherever something has changed."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer

log = logging.getLogger(__name__)


def tell(group: str, kind: str, **facts: str | int) -> None:
    """Ring at every socket of a group: its handler of ``kind`` runs with ``facts``.

    For synchronous code of any kind: a view, a thread that runs tasks, a worker process.
    Coroutines await ``channel_layer.group_send`` themselves. What depends on a row is sent when the
    row is committed: ``transaction.on_commit(partial(tell, …))``.

    Never raises for a layer that is down. It is a doorbell: what has changed is read from the
    rows, and whoever must not miss it looks there from time to time.
    """
    async_to_sync(_ring)(group, {"type": kind, **facts})


async def _ring(group: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        await layer.group_send(group, message)
    except Exception:
        log.warning("message lost group=%s kind=%s", group, message["type"], exc_info=True)


async def leave(layer: Any, channel: str, groups: Iterable[str]) -> None:
    """Take a socket's channel out of its groups. A layer that is down forgets it by itself."""
    for group in groups:
        try:
            await layer.group_discard(group, channel)
        except Exception as error:  # noqa: BLE001 - whatever the layer raises
            log.warning("group not left: %s", type(error).__name__)


class LocalChannelLayer(InMemoryChannelLayer):
    """The in-memory layer, for senders in every thread of the process.

    Its queues belong to the loop on which the sockets wait. What another thread puts there lies
    until that loop wakes for something else, so it is handed to the loop instead.
    """

    _home: asyncio.AbstractEventLoop | None = None

    async def new_channel(self, prefix: str = "specific.") -> str:
        """A name for a socket, which will wait on the loop that runs now."""
        self._home = asyncio.get_running_loop()
        return await super().new_channel(prefix)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        home = self._home
        if home is None or home is asyncio.get_running_loop():
            await super().group_send(group, message)
        elif home.is_running():
            asyncio.run_coroutine_threadsafe(super().group_send(group, message), home)
