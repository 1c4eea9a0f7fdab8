"""Leaving an engine alone that keeps failing, so that nobody waits for it in vain.

One breaker for each vendor and club, because clubs may have different keys and quotas. What is
known of an engine lies in a cache: where web processes and workers share one, what one of them has
found out holds for all.
"""

import asyncio
import enum
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar
from uuid import uuid4

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache

from speechcoach.errors import ProviderError, Reason

log = logging.getLogger(__name__)

FORGOTTEN_SECONDS: Final = 3_600
"""After so long without a call nothing is held against an engine."""
TRIAL_SECONDS: Final = 180
"""Longer than any call: a process that is killed in a trial does not keep it."""

_T = TypeVar("_T")

# An engine that says these will say them again until somebody changes something.
_AT_ONCE = {Reason.CREDENTIALS, Reason.QUOTA}
# These are about the question or the answer: the engine is there.
_NO_FAILURE = {Reason.BAD_INPUT, Reason.BAD_OUTPUT}


class BreakerState(enum.StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """After ``failures`` in a row the engine is left alone for ``cool_down_seconds``, and twice as
    long, up to ``most_seconds``, each time that the trial afterwards fails too."""

    failures: int = 3
    cool_down_seconds: float = 30.0
    most_seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class _Opening:
    """The engine is left alone ``until``: the ``times``-th time in a row, because of ``why``."""

    until: float
    times: int
    why: Reason


class Breaker:
    """Safe to use from several threads and processes at once, as far as ``store`` is.

    ``now`` gives seconds since the epoch, so that processes and machines agree on them.
    """

    def __init__(
        self,
        policy: BreakerPolicy,
        now: Callable[[], float] = time.time,
        store: BaseCache | None = None,
        name: str = "",
    ) -> None:
        self._policy = policy
        self._now = now
        self._store = own_store() if store is None else store
        self._failures_key, self._opening_key, self._trial_key = (
            f"breaker.{name}.{kind}" for kind in ("failures", "opening", "trial")
        )

    @property
    def state(self) -> BreakerState:
        opening = self._known()
        if opening is None:
            return BreakerState.CLOSED
        return BreakerState.HALF_OPEN if self._now() >= opening.until else BreakerState.OPEN

    @property
    def reason(self) -> Reason | None:
        """Why the engine is left alone; None while it is not."""
        opening = self._known()
        return opening.why if opening else None

    @asynccontextmanager
    async def guarding(self) -> AsyncIterator[None]:
        """Around one call, its retries included; how it ends is noted.

        Raises:
            ProviderError: ``UNAVAILABLE`` without a call, while the engine is left alone.
        """
        trial = bool(await self._apart(self._admit))
        try:
            yield
        except ProviderError as error:
            if error.reason in _NO_FAILURE:
                await self._apart(self._succeeded)
            else:
                await self._apart(partial(self._failed, error.reason, trial=trial))
            raise
        except BaseException:
            # The call was given up by its caller, which says nothing about the engine.
            if trial:
                await self._apart(self._end_trial)
            raise
        await self._apart(self._succeeded)

    async def _apart(self, work: Callable[[], _T]) -> _T | None:
        """``work`` off the event loop. Without its store, a breaker lets everybody through."""
        return await asyncio.to_thread(_unless_lost, work)

    def _known(self) -> _Opening | None:
        return _unless_lost(self._opening)

    def _opening(self) -> _Opening | None:
        opening = self._store.get(self._opening_key)
        return opening if isinstance(opening, _Opening) else None

    def _admit(self) -> bool:
        """Whether the call that is let through is the trial."""
        opening = self._opening()
        if opening is None:
            return False
        if self._now() >= opening.until and self._store.add(self._trial_key, 1, TRIAL_SECONDS):
            # Somebody else's trial may have ended since.
            opening = self._opening()
            if opening is not None and self._now() >= opening.until:
                return True
            self._end_trial()
            if opening is None:
                return False
        raise ProviderError(
            Reason.UNAVAILABLE,
            "The engine has failed several times and is left alone for a while.",
            retry_after=max(0.0, opening.until - self._now()),
        )

    def _succeeded(self) -> None:
        self._store.delete_many([self._failures_key, self._opening_key, self._trial_key])

    def _failed(self, reason: Reason, *, trial: bool) -> None:
        failures = self._counted()
        if trial:
            before = self._opening()
            self._open(self._store.set, reason, before.times if before else 0)
            self._end_trial()
        elif reason in _AT_ONCE or failures >= self._policy.failures:
            # Only where it is closed: calls that were under way when it opened fail too, and say
            # nothing new.
            self._open(self._store.add, reason, 0)

    def _counted(self) -> int:
        """How many calls have failed in a row, with this one."""
        self._store.add(self._failures_key, 0, FORGOTTEN_SECONDS)
        try:
            return self._store.incr(self._failures_key)
        except ValueError:
            # Another call has succeeded in between.
            return 1

    def _open(self, put: Callable[..., object], why: Reason, times: int) -> None:
        longer = self._policy.cool_down_seconds * 2 ** min(times, 20)
        seconds = min(longer, self._policy.most_seconds)
        opening = _Opening(self._now() + seconds, times + 1, why)
        put(self._opening_key, opening, seconds + FORGOTTEN_SECONDS)

    def _end_trial(self) -> None:
        self._store.delete(self._trial_key)


def own_store() -> BaseCache:
    """A store that nobody else has."""
    return LocMemCache(uuid4().hex, {})


def _unless_lost(work: Callable[[], _T]) -> _T | None:
    try:
        return work()
    except ProviderError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the client of a shared cache raises
        log.warning("the breakers' store cannot be reached: %s", type(error).__name__)
        return None


class Breakers:
    """The breakers of all who share ``store``; of this object alone where it is None."""

    def __init__(
        self,
        policy: BreakerPolicy = BreakerPolicy(),
        now: Callable[[], float] = time.time,
        store: BaseCache | None = None,
    ) -> None:
        self._policy = policy
        self._now = now
        self._store = own_store() if store is None else store

    def of(self, vendor: str, club_id: int) -> Breaker:
        """The breaker of a vendor's service, such as "openai speech", for a club."""
        name = f"{club_id}.{vendor.replace(' ', '-')}"
        return Breaker(self._policy, self._now, self._store, name)
