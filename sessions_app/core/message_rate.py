"""How many messages a client may send: bursts, and a steady rate."""

from typing import Final

STEADY: Final = 20.0
"""Messages a second; a page of ours sends less than one."""
BURST: Final = 200


class MessageRate:
    """A token bucket. Audio does not count: its clock is the samples'."""

    def __init__(self) -> None:
        self._left = float(BURST)
        self._at = float("-inf")

    def allows(self, now: float) -> bool:
        """Count a message at ``now``, seconds of a clock that only goes on."""
        self._left = min(float(BURST), self._left + (now - self._at) * STEADY)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
