"""When a lost upstream is tried again, and when no more: back-off, cool-down, budget. Pure."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from sessions_app.coach.core.faults import Fault

BASE_SECONDS: Final = 0.5
MOST_SECONDS: Final = 30.0
ALIVE_SECONDS: Final = 5.0
"""A connection that has lived so long after ``session.updated`` has worked."""
QUICK_DEATHS: Final = 3
ERRORS: Final = 3
ERROR_WINDOW_SECONDS: Final = 60.0
PAUSE_SECONDS: Final = 120.0
BUDGET: Final = 12
BUDGET_WINDOW_SECONDS: Final = 600.0
"""So many connections may be lost in so long, however well each began."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``wait`` so many seconds and try again, ``pause``, or ``give_up`` this engine."""

    what: Literal["wait", "pause", "give_up"]
    seconds: float = 0.0


class Reconnecting:
    """The memory of one engine's losses.

    Args:
        chance: a number from 0 to 1, for full jitter.
    """

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self._attempts = 0
        self._quick_deaths = 0
        self._errors: deque[float] = deque(maxlen=ERRORS)
        self._losses: deque[float] = deque(maxlen=BUDGET + 1)
        self._on_trial = False

    @property
    def attempts(self) -> int:
        """Connections in a row that did not work."""
        return self._attempts

    def begin_trial(self) -> None:
        """The next connection is the one try after a pause."""
        self._on_trial = True
        self._errors.clear()

    def worked(self) -> None:
        """A connection has lived for :data:`ALIVE_SECONDS`."""
        self._attempts = self._quick_deaths = 0
        if self._on_trial:
            self._on_trial = False
            self._errors.clear()

    def erred(self, now: float) -> bool:
        """A server error; whether it is one too many, so that a pause begins."""
        self._errors.append(now)
        full = len(self._errors) == ERRORS
        return full and now - self._errors[0] <= ERROR_WINDOW_SECONDS

    def lost(self, fault: Fault, now: float) -> Verdict:
        """A connection was lost, or could not be made."""
        if fault is Fault.FATAL:
            return Verdict("give_up")
        self._losses.append(now)
        over_budget = len(self._losses) > BUDGET and now - self._losses[0] <= BUDGET_WINDOW_SECONDS
        if over_budget or self._on_trial:
            return Verdict("give_up")
        if fault is Fault.ROTATE:
            return Verdict("wait")
        self._quick_deaths += 1
        if fault is Fault.RETRYABLE:
            if self.erred(now):
                return Verdict("pause", PAUSE_SECONDS)
        elif self._quick_deaths >= QUICK_DEATHS:
            return Verdict("give_up")
        ceiling = min(MOST_SECONDS, BASE_SECONDS * 2 ** min(self._attempts, 30))
        self._attempts += 1
        return Verdict("wait", ceiling * self._chance())
