"""How many sessions to try next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FIRST: Final = 40
STEP: Final = 5
BUSY: Final = 0.85
"""A core that is busier than this is near its end."""


@dataclass(frozen=True, slots=True)
class Tried:
    """``sessions`` were held or not, and the server's core was busy for this share of the time."""

    sessions: int
    held: bool
    busy: float


def most_held(tried: Sequence[Tried]) -> int:
    """The largest number that was held below the smallest that was not; 0 when there is none."""
    ceiling = min((one.sessions for one in tried if not one.held), default=None)
    held = [one.sessions for one in tried if one.held]
    return max((n for n in held if ceiling is None or n < ceiling), default=0)


def next_sessions(tried: Sequence[Tried], *, most: int, precision: float) -> int | None:
    """The next number to try; None when the largest one held is known.

    Up to the first failure it goes by how busy the server was, then it halves the interval.

    Args:
        tried: what was tried so far, in order.
        most: the largest number that the bench itself can hold.
        precision: how far apart the largest number held and the smallest not held may stay, as a
            share of the former.
    """
    if not tried:
        return min(FIRST, most)
    best = most_held(tried)
    ceiling = min((one.sessions for one in tried if not one.held), default=None)
    if ceiling is None:
        if best >= most:
            return None
        room = BUSY / max(0.01, tried[-1].busy)
        return min(most, _whole(best * min(4.0, max(1.25, room))))
    if ceiling - best <= max(STEP, precision * best):
        return None
    middle = _whole((best + ceiling) / 2)
    return middle if best < middle < ceiling else None


def _whole(sessions: float) -> int:
    return round(sessions / STEP) * STEP
