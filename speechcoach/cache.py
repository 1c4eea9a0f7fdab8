"""The cache that web processes share, in the Redis that also holds captured speech."""

from typing import Final

from django.core.cache.backends.redis import RedisCache

_BATCH: Final = 500


class SharedRedisCache(RedisCache):
    """Django's Redis cache, except that ``clear`` removes the cache's own keys only.

    Django's empties the whole database, and with it every recording.
    """

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
