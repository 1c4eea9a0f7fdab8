"""Live metrics for those who watch: bars in a ring, their history, and their stream.

The seam is the ring: where the bars of running speeches are kept for every process that shows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from sessions_app.core.audio import MAX_SPEECH_SECONDS

MOST_CHANGES: Final = 600
"""What changed longer ago than this many changes is not repaired: history is loaded afresh."""

TTL_SECONDS: Final = MAX_SPEECH_SECONDS + 24 * 3_600
"""From the last change on, as long as the audio: a recording may go on that long after it."""
WATCH_SECONDS: Final = 5
"""So long after somebody was seen to watch, bars that still form are wanted."""
ENDED_TTL_SECONDS: Final = 3_600
"""What has ended is in the database, whose clocks are the club's."""


class RingUnavailableError(Exception):
    """The ring does not answer. Whether the last call took effect is unknown; repeat it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A bar as JSON, and the change that made it what it is."""

    seq: int
    rev: int
    forming: bool
    text: str
    eid: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the bars of a speech are: ``eid`` changes so far, in this ``epoch``."""

    epoch: str
    eid: int
    ended: bool = False

    def __str__(self) -> str:
        return f"{self.epoch}-{self.eid}"


NOWHERE: Final = Mark("0", 0)
"""Where there are no bars; another epoch than any."""


def voided(known: Mark, current: Mark) -> bool:
    """Whether what was known up to ``known`` cannot be repaired, but is to be loaded afresh."""
    if known.epoch != current.epoch:
        return True
    return known.eid > current.eid or current.eid - known.eid > MOST_CHANGES


@dataclass(frozen=True, slots=True)
class Page:
    """Bars in the order of their last change, and how far they are."""

    mark: Mark
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Put:
    """What became of bars that were put: whether they were kept, and whether somebody watches."""

    kept: bool
    watched: bool


class BarRing(Protocol):
    """Keeps the bars of speeches by key. A key names the club and the speech.

    Every method may raise :class:`RingUnavailableError`.
    """

    async def begin(self, key: str) -> str:
        """Forget what there is, and begin a new epoch. Returns it."""
        ...

    async def put(self, key: str, epoch: str, entries: Sequence[Entry]) -> Put:
        """Keep bars; each that is newer than the one of its ``seq`` by ``rev`` is a change.

        Where another epoch is in force nothing is kept.
        """
        ...

    async def watch(self, keys: Sequence[str]) -> None:
        """Say that somebody watches these. Holds for ``WATCH_SECONDS``."""
        ...

    async def end(self, key: str, epoch: str) -> Mark | None:
        """No more changes follow. Returns how far it came; None where another epoch is in force."""
        ...

    async def marks(self, keys: Sequence[str]) -> list[Mark | None]:
        """How far each of these is; None where there are no bars."""
        ...

    async def read(self, key: str, after: int = 0) -> Page | None:
        """The bars that changed after change ``after``; None where there are none at all."""
        ...

    async def drop(self, key: str) -> None:
        """Forget the bars. Unknown keys are no error."""
        ...
