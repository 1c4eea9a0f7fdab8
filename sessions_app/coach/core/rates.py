"""How much a browser may send in how long. Pure."""

from collections import deque
from typing import Final

WINDOW_SECONDS: Final = 2.0
AUDIO_RATIO: Final = 1.5
BYTES_PER_SECOND: Final = 48_000
EVENTS_A_SECOND: Final = 20
EXCESS_SECONDS: Final = 6.0
"""Who sends too much for so long is not mistaken about a backlog."""


class Allowance:
    """At most ``most`` units in any :data:`WINDOW_SECONDS`; what is over is not counted in."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: deque[tuple[float, int]] = deque()
        self._sum = 0
        self._over_since: float | None = None
        self._over_at = float("-inf")

    def take(self, units: int, now: float) -> bool:
        """Take ``units``; False when they are too many."""
        while self._taken and self._taken[0][0] <= now - WINDOW_SECONDS:
            self._sum -= self._taken.popleft()[1]
        if self._sum + units > self._most:
            if self._over_since is None or now - self._over_at > WINDOW_SECONDS:
                self._over_since = now
            self._over_at = now
            return False
        self._taken.append((now, units))
        self._sum += units
        return True

    def abused(self, now: float) -> bool:
        """Whether too much has come again and again, for long."""
        since = self._over_since
        recent = now - self._over_at <= WINDOW_SECONDS
        return since is not None and recent and now - since >= EXCESS_SECONDS


def audio_allowance() -> Allowance:
    """In bytes of PCM16LE at 24 kHz."""
    return Allowance(round(AUDIO_RATIO * WINDOW_SECONDS * BYTES_PER_SECOND))


def event_allowance() -> Allowance:
    """In events other than audio."""
    return Allowance(round(EVENTS_A_SECOND * WINDOW_SECONDS))
