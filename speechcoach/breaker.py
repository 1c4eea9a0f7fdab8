"""Leaving an engine alone that keeps failing, so that nobody waits for it in vain.

One breaker for each vendor and club, in this process: clubs may have different keys and quotas, and
another process finds out for itself at the price of a few failures.
"""

import enum
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from speechcoach.clock import MONOTONIC
from speechcoach.errors import ProviderError, Reason

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


class Breaker:
    """Safe to use from several threads. ``now`` gives seconds that never go back."""

    def __init__(self, policy: BreakerPolicy, now: Callable[[], float]) -> None:
        self._policy = policy
        self._now = now
        self._lock = threading.Lock()
        self._failures = 0
        self._opened = 0
        self._until = 0.0
        self._trying = False
        self._reason: Reason | None = None

    @property
    def state(self) -> BreakerState:
        with self._lock:
            return self._state()

    @property
    def reason(self) -> Reason | None:
        """Why the engine is left alone; None while it is not."""
        with self._lock:
            return self._reason if self._opened else None

    @contextmanager
    def guarding(self) -> Iterator[None]:
        """Around one call, its retries included; how it ends is noted.

        Raises:
            ProviderError: ``UNAVAILABLE`` without a call, while the engine is left alone.
        """
        trial = self._admit()
        try:
            yield
        except ProviderError as error:
            if error.reason in _NO_FAILURE:
                self._succeeded()
            else:
                self._failed(error.reason, trial=trial)
            raise
        except BaseException:
            self._abandoned(trial=trial)
            raise
        self._succeeded()

    def _state(self) -> BreakerState:
        if not self._opened:
            return BreakerState.CLOSED
        return BreakerState.HALF_OPEN if self._now() >= self._until else BreakerState.OPEN

    def _admit(self) -> bool:
        """Whether the call that is let through is the trial."""
        with self._lock:
            state = self._state()
            if state is BreakerState.OPEN or (state is BreakerState.HALF_OPEN and self._trying):
                raise ProviderError(
                    Reason.UNAVAILABLE,
                    "The engine has failed several times and is left alone for a while.",
                    retry_after=max(0.0, self._until - self._now()),
                )
            self._trying = state is BreakerState.HALF_OPEN
            return self._trying

    def _succeeded(self) -> None:
        with self._lock:
            self._failures = self._opened = 0
            self._trying = False
            self._reason = None

    def _failed(self, reason: Reason, *, trial: bool) -> None:
        with self._lock:
            self._failures += 1
            too_many = reason in _AT_ONCE or self._failures >= self._policy.failures
            # Calls that were under way when it opened fail too, and say nothing new.
            if trial or (too_many and not self._opened):
                longer = self._policy.cool_down_seconds * 2 ** min(self._opened, 20)
                self._until = self._now() + min(longer, self._policy.most_seconds)
                self._opened += 1
                self._reason = reason
            if trial:
                self._trying = False

    def _abandoned(self, *, trial: bool) -> None:
        """The call was given up by its caller, which says nothing about the engine."""
        if trial:
            with self._lock:
                self._trying = False


class Breakers:
    """The breakers of this process, made when they are first asked for."""

    def __init__(
        self,
        policy: BreakerPolicy = BreakerPolicy(),
        now: Callable[[], float] = MONOTONIC.now,
    ) -> None:
        self._make = partial(Breaker, policy, now)
        self._lock = threading.Lock()
        self._breakers: dict[tuple[str, int], Breaker] = {}

    def of(self, vendor: str, club_id: int) -> Breaker:
        with self._lock:
            return self._breakers.setdefault((vendor, club_id), self._make())

    def known(self, club_id: int) -> dict[str, Breaker]:
        """The breakers of a club by vendor; a vendor that was never asked is missing."""
        with self._lock:
            return {
                vendor: one for (vendor, club), one in self._breakers.items() if club == club_id
            }
