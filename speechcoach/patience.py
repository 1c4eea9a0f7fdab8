"""How long whoever needs the shared Redis waits while it restarts. A part of an optional extra."""

from typing import Final

from redis.backoff import AbstractBackoff, ExponentialBackoff
from redis.exceptions import ConnectionError as NotThereError
from redis.exceptions import RedisError

# Three seconds in all: as long as a restart may take.
_RETRIES: Final = 8
_FIRST_REST_SECONDS: Final = 0.1
_LONGEST_REST_SECONDS: Final = 0.5


def patience() -> tuple[AbstractBackoff, int, tuple[type[RedisError], ...]]:
    """What either of redis-py's ``Retry`` classes is made of.

    A connection that is refused or lost is tried again; not one that is there and says nothing,
    since that has been waited for.
    """
    return (
        ExponentialBackoff(_LONGEST_REST_SECONDS, _FIRST_REST_SECONDS),
        _RETRIES,
        (NotThereError,),
    )
