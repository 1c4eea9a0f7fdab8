"""Asking an engine again: whether, after how long, and until when.

The loop is ours because the one that libraries offer (tenacity) reads its own clock, and knows
neither our reasons nor a vendor's ``retry-after``; with those replaced, nothing of it is left.
"""

import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from speechcoach.clock import MONOTONIC, Clock, within
from speechcoach.errors import ProviderError, Reason

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Full-jitter back-off: before attempt n + 1, anything up to ``base_seconds`` × 2ⁿ⁻¹.

    ``attempts`` counts the first one; ``bad_outputs`` is how many answers may be unusable before
    the engine is given up, since each of them was paid for.
    """

    attempts: int = 3
    base_seconds: float = 0.5
    cap_seconds: float = 8.0
    bad_outputs: int = 1

    def pause(
        self, error: ProviderError, *, failures: int, bad_outputs: int, left: float, chance: float
    ) -> float | None:
        """Seconds to wait before the next attempt; None when there should be none.

        ``failures`` and ``bad_outputs`` include ``error``; ``left`` is the time until the deadline;
        ``chance`` is a random number from 0 to 1. What the vendor asks for is waited for in full.
        """
        if error.reason.permanent or failures >= self.attempts:
            return None
        if error.reason is Reason.BAD_OUTPUT and bad_outputs >= self.bad_outputs:
            return None
        ceiling = min(self.cap_seconds, self.base_seconds * 2 ** min(failures - 1, 30))
        seconds = max(ceiling * chance, error.retry_after or 0.0)
        return seconds if seconds < left else None


DEFAULT = RetryPolicy()


async def retrying(
    attempt: Callable[[float], Coroutine[Any, Any, _T]],
    policy: RetryPolicy,
    *,
    seconds: float,
    clock: Clock = MONOTONIC,
    chance: Callable[[], float] = random.random,
) -> _T:
    """What ``attempt`` gives, asked again as ``policy`` says, all within ``seconds``.

    ``attempt`` is told how many seconds are left, and cancelled when they are over.

    Raises:
        ProviderError: the last attempt's; ``TIMEOUT`` when the deadline passed in an attempt.
    """
    deadline = clock.now() + seconds
    failures = bad_outputs = 0
    while True:
        left = deadline - clock.now()
        try:
            return await within(left, attempt(left), clock)
        except ProviderError as error:
            failures += 1
            bad_outputs += error.reason is Reason.BAD_OUTPUT
            pause = policy.pause(
                error,
                failures=failures,
                bad_outputs=bad_outputs,
                left=deadline - clock.now(),
                chance=chance(),
            )
            if pause is None:
                raise
        await clock.sleep(pause)
