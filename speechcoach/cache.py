"""The cache that web processes share, in the Redis that also holds captured speech."""

from typing import Any, Final

from django.core.cache.backends.redis import RedisCache

_BATCH: Final = 500
# Whoever asks whether we are well gives up after four seconds, and is told nothing then.
_ANSWER_SECONDS: Final = 2.0


def answers(url: str) -> bool:
    """Whether the Redis at ``url`` does, soon."""
    import redis  # noqa: PLC0415 - an optional extra

    client = redis.Redis.from_url(
        url, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=_ANSWER_SECONDS
    )
    with client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


class SharedRedisCache(RedisCache):
    """Django's Redis cache, except that ``clear`` removes the cache's own keys only, and that who
    comes while Redis restarts waits for it.

    Django's empties the whole database, and with it every recording; and it tries once.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        from redis.retry import Retry  # noqa: PLC0415 - an optional extra

        from speechcoach.patience import patience  # noqa: PLC0415 - likewise

        again = Retry(*patience())
        super().__init__(
            server, {**params, "OPTIONS": {**params.get("OPTIONS", {}), "retry": again}}
        )

    def clear(self) -> None:
        """Remove every key with this cache's prefix, of any version."""
        client = self._cache.get_client(write=True)
        batch: list[bytes] = []
        for key in client.scan_iter(match=f"{self.key_prefix}:*", count=_BATCH):
            batch.append(key)
            if len(batch) == _BATCH:
                client.delete(*batch)
                batch.clear()
        if batch:
            client.delete(*batch)
