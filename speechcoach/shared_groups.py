"""The channel layer that web processes and workers share, in the volatile Redis."""

from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.asyncio.retry import Retry

from speechcoach.patience import patience


class SharedChannelLayer(RedisPubSubChannelLayer):  # type: ignore[misc] # untyped
    """Channels' layer on Redis, except that whoever comes while Redis restarts waits for it.

    Channels' own tries once: a socket that opens in that second ends without a word.

    Args:
        hosts: addresses (``redis://…``).
        config: as for the inherited layer.
    """

    def __init__(self, *, hosts: list[str], **config: Any) -> None:
        patient = [{"address": host, "retry": Retry(*patience())} for host in hosts]
        super().__init__(hosts=patient, **config)
