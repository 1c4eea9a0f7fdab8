"""Which answer is under way, which are wanted, and what of them is not to be heard. Pure."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

from sessions_app.coach.core.allowed import BYTES_PER_MS

MOST_WAITING: Final = 4
MOST_KNOWN: Final = 64


class Replies:
    """The answers of one connection: one at a time, the others wait.

    ``playing_until`` is when, at the latest, the speaker has heard all that was sent: sound comes
    faster than it is played.
    """

    def __init__(self) -> None:
        self.active: str | None = None
        self.asked = False
        """``response.create`` was sent, and nothing came of it yet."""
        self.waiting = 0
        self.playing_until = float("-inf")
        self.cancels_next = False
        self._gone: OrderedDict[str, None] = OrderedDict()
        self._cut: OrderedDict[str, None] = OrderedDict()
        self._bytes: OrderedDict[str, int] = OrderedDict()
        self._older: frozenset[str] = frozenset()
        self.is_heard = False
        """Whether the answer under way has sounded."""

    @property
    def busy(self) -> bool:
        return self.active is not None or self.asked

    def want(self) -> bool:
        """An answer is wanted; whether it may be asked for now."""
        if self.busy:
            self.waiting = min(MOST_WAITING, self.waiting + 1)
            return False
        self.asked = True
        return True

    def refused(self) -> None:
        """What was asked for has to wait after all: another answer was under way."""
        if self.asked:
            self.asked = False
            self.waiting = min(MOST_WAITING, self.waiting + 1)

    def created(self, response_id: str) -> bool:
        """An answer begins; False when it was cancelled before it did."""
        self.active = response_id
        self.asked = self.is_heard = False
        if self.cancels_next:
            self.cancels_next = False
            self.give_up(response_id)
            return False
        return True

    def done(self, response_id: str) -> None:
        """An answer has ended."""
        if self.active in {response_id, None}:
            self.active = None
            self.cancels_next = self.is_heard = False

    def next_wanted(self) -> bool:
        """Take the next answer that waits, when nothing is under way."""
        if self.busy or not self.waiting:
            return False
        self.waiting -= 1
        self.asked = True
        return True

    def lost(self) -> None:
        """The connection is gone: an answer of which nothing was heard is still wanted."""
        if self.asked or (self.active is not None and not self.is_heard):
            self.waiting = min(MOST_WAITING, self.waiting + 1)
        if self.active is not None:
            self.give_up(self.active)
        self.active = None
        self.asked = self.cancels_next = self.is_heard = False
        self.moved()

    def moved(self) -> None:
        """Another connection goes on: what was said on the last one cannot be truncated there."""
        self._older = frozenset(self._bytes)

    def is_older(self, item_id: str) -> bool:
        """Whether an item was spoken on an earlier connection."""
        return item_id in self._older

    def give_up(self, response_id: str) -> None:
        """Nothing more of an answer is to be heard."""
        _remember(self._gone, response_id)

    def cut(self, item_id: str) -> None:
        """Nothing more of an item is to be heard."""
        _remember(self._cut, item_id)
        self.playing_until = float("-inf")

    def is_gone(self, event: Mapping[str, Any]) -> bool:
        """Whether an event is a late part of what nobody wants to hear any more."""
        return str(event.get("response_id")) in self._gone or str(event.get("item_id")) in self._cut

    def sounded(self, item_id: str, count: int, now: float) -> None:
        """So many bytes of an item's sound were passed on."""
        self.is_heard = True
        self._bytes[item_id] = self._bytes.get(item_id, 0) + count
        while len(self._bytes) > MOST_KNOWN:
            self._bytes.popitem(last=False)
        self.playing_until = max(now, self.playing_until) + count / BYTES_PER_MS / 1000

    def made_ms(self, item_id: str) -> int | None:
        """How much of an item's sound was passed on; None for one without any."""
        count = self._bytes.get(item_id)
        return None if count is None else count // BYTES_PER_MS


def _remember(known: OrderedDict[str, None], name: str) -> None:
    known[name] = None
    while len(known) > MOST_KNOWN:
        known.popitem(last=False)
