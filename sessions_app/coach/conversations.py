"""What outlives a socket for a minute: conversations, who has them, and how much was used today.

In Redis where web processes share one, else in this process. Words are kept in memory only.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from django.core.cache.backends.base import BaseCache

from sessions_app.coach.core.snapshot import CoachSnapshot

log = logging.getLogger(__name__)

_T = TypeVar("_T")

RESUME_SECONDS: Final = 60
BEAT_SECONDS: Final = 15
NEAR_SECONDS: Final = 300
"""So long before a day's time is used up, the person is told."""
_DAY: Final = 2 * 24 * 3_600
_MOST_ERRORS: Final = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation, and whose it is."""

    user_id: int
    club_id: int
    snapshot: CoachSnapshot


@dataclass(frozen=True, slots=True)
class UpstreamError:
    """One error of an upstream, as officers and support see it; never words."""

    at: float
    provider: str
    fault: str
    code: str
    session_id: str

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.at, tz=UTC)


class Conversations:
    """Safe to use from several processes, as far as ``store`` is. Calls run off the loop.

    While a shared store is away nothing is kept, nobody is counted, and nobody loses a
    conversation: those that are under way go on.
    """

    def __init__(self, store: BaseCache) -> None:
        self._store = store

    # Conversations

    async def save(self, session_id: str, kept: Kept, seconds: int) -> None:
        """Keep a conversation for so long; it is saved again before that while it goes on."""
        fields = {
            "user_id": kept.user_id,
            "club_id": kept.club_id,
            "snapshot": kept.snapshot.model_dump_json(),
        }
        await _apart(lambda: self._store.set(_session(session_id), fields, seconds), None)

    async def load(self, session_id: str, user_id: int, club_id: int) -> Kept | None:
        """The conversation with this id, if it is this person's in this club, and still there."""
        fields: Any = await _apart(lambda: self._store.get(_session(session_id[:64])), None)
        if not isinstance(fields, dict):
            return None
        snapshot = CoachSnapshot.read(fields["snapshot"])
        mine = (fields["user_id"], fields["club_id"]) == (user_id, club_id)
        return Kept(user_id, club_id, snapshot) if mine and snapshot is not None else None

    async def forget(self, session_id: str) -> None:
        await _apart(lambda: self._store.delete(_session(session_id)), default=False)

    # Who has them

    async def claim(self, what: str, holder: str) -> None:
        """``holder`` has ``what`` from now on, whoever had it before."""
        await _apart(lambda: self._store.set(_holder(what), holder, _DAY), None)

    async def has(self, what: str, holder: str) -> bool:
        """Whether ``holder`` still has it. A store that has forgotten takes nothing away."""
        found = await _apart(lambda: self._store.get(_holder(what)), None)
        return found in {None, holder}

    # How much was used

    async def use(self, who: str, seconds: int, now: float | None = None) -> int:
        """Add to what ``who`` has used today (UTC); the sum in seconds."""
        day = datetime.fromtimestamp(time.time() if now is None else now, tz=UTC).date()
        return await _apart(lambda: self._use(f"coach.used.{day}.{who}", seconds), seconds)

    def _use(self, key: str, seconds: int) -> int:
        self._store.add(key, 0, _DAY)
        try:
            return self._store.incr(key, seconds) if seconds else int(self._store.get(key) or 0)
        except ValueError:
            # It was thrown out in between.
            return seconds

    # What went wrong

    def note(self, club_id: int, error: UpstreamError) -> None:
        """Keep the last errors of a club. Of two at once one may be lost; the log has both."""
        _unless_away(lambda: self._note(_errors(club_id), error), None)

    def _note(self, key: str, error: UpstreamError) -> None:
        known: list[Any] = list(self._store.get(key) or [])
        entry = [error.at, error.provider, error.fault, error.code, error.session_id]
        self._store.set(key, [json.dumps(entry), *known][:_MOST_ERRORS], _DAY)

    def errors(self, club_id: int) -> list[UpstreamError]:
        """The last errors of a club, newest first."""
        entries = _unless_away(lambda: self._store.get(_errors(club_id)), None) or []
        return [UpstreamError(*json.loads(entry)) for entry in entries]


async def _apart(work: Callable[[], _T], default: _T) -> _T:
    return await asyncio.to_thread(_unless_away, work, default)


def _unless_away(work: Callable[[], _T], default: _T) -> _T:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - whatever the client of a shared cache raises
        log.warning("the coach's store cannot be reached: %s", type(error).__name__)
        return default


def _holder(what: str) -> str:
    return f"coach.holder.{what}"


def _session(session_id: str) -> str:
    return f"coach.session.{session_id}"


def _errors(club_id: int) -> str:
    return f"coach.errors.{club_id}"
