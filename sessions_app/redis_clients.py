"""Connections to Redis for code that runs on several event loops."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff

TIMEOUT_SECONDS: Final = 2.0
RETRIES: Final = 2


@dataclass(frozen=True, slots=True)
class _Client:
    redis: Redis
    closing: AsyncGenerator[None, None]
    """Closes ``redis`` when it is closed itself, which a loop does to its generators at its end."""


class RedisClients:
    """A client for each event loop; calls are retried, so what is asked must bear repetition.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://``.
        connections: how many one loop may use at once.
    """

    def __init__(self, url: str, connections: int) -> None:
        self._url = url
        self._connections = connections
        self._clients: dict[asyncio.AbstractEventLoop, _Client] = {}

    async def here(self) -> Redis:
        """The client of the loop that runs."""
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            for other in list(self._clients):
                if other.is_closed():
                    self._clients.pop(other, None)
            redis = Redis.from_pool(
                BlockingConnectionPool.from_url(
                    self._url,
                    max_connections=self._connections,
                    timeout=TIMEOUT_SECONDS,
                    socket_timeout=TIMEOUT_SECONDS,
                    socket_connect_timeout=TIMEOUT_SECONDS,
                    retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), RETRIES),
                )
            )
            client = self._clients[loop] = _Client(redis, self._until_closed(loop, redis))
            await anext(client.closing)
        return client.redis

    async def _until_closed(
        self, loop: asyncio.AbstractEventLoop, redis: Redis
    ) -> AsyncGenerator[None, None]:
        """Close the connections with their loop: ``asyncio.run`` ends what is suspended here."""
        try:
            yield
        finally:
            self._clients.pop(loop, None)
            await redis.aclose()
