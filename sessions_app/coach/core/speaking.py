"""The state of a conversation, and what all parts of it speak through. Pure."""

from collections import OrderedDict, deque
from typing import Any, Final

from pydantic import BaseModel

from sessions_app.coach import Event
from sessions_app.coach import messages as m
from sessions_app.coach.core import effects as fx
from sessions_app.coach.core.history import History
from sessions_app.coach.core.link import Config, Link
from sessions_app.coach.core.reconnecting import Reconnecting
from sessions_app.coach.core.replies import Replies
from sessions_app.coach.core.snapshot import CoachSnapshot

HELD_MS: Final = 3_000
"""Sound that waits for a connection; of more, the oldest is dropped and the gap told."""
HELD_EVENTS: Final = 32
KNOWN_EVENTS: Final = 256


class Speaking:
    """What every part of the session speaks through."""

    def __init__(self, config: Config, snapshot: CoachSnapshot, now: float) -> None:
        self.config = config
        self.history = History(snapshot.history)
        self.turns = snapshot.turns
        self.take = snapshot.take
        self.given_up = snapshot.given_up
        self.engine = config.primary
        if self.given_up is not None and config.spare is not None:
            self.engine = config.spare
        self.changed = False
        """Whether the snapshot has changed since the shell last took one."""
        self.ended = False
        self._effects: deque[fx.Effect] = deque()
        self._replies = Replies()
        self._reconnecting = Reconnecting(config.chance)
        self._numbers = 0
        self._asked = 0
        self._link: Link | None = None
        self._reserve: Link | None = None
        self._reserve_at = float("-inf")
        self._retry_at: float | None = None
        self._paused = False
        self._greeted = False
        self._resumed = False
        self._shown: m.CoachState | None = None
        self._held: deque[tuple[str, float]] = deque()
        self._held_ms = 0.0
        self._dropped_ms = 0.0
        self._pending: list[Event] = []
        self._kinds: OrderedDict[str, tuple[str, str | None]] = OrderedDict()
        self._thinks_since: float | None = None
        self._speaking_user = False
        self._replayed: frozenset[str] = frozenset()
        """Items that the connection was given again: the browser has seen them."""
        self._replaced: set[str] = set()
        """Items that the connection forgets only to be given a shorter one."""

    def effects(self) -> list[fx.Effect]:
        """Take what is to be done, in order."""
        taken = list(self._effects)
        self._effects.clear()
        return taken

    # What others speak through

    def _do(self, effect: fx.Effect) -> None:
        if not self.ended:
            self._effects.append(effect)

    def _tell(self, message: BaseModel) -> None:
        self._do(fx.Tell(message.model_dump(mode="json", by_alias=True)))

    def _notice(self, code: str, sentence: str, *, recoverable: bool = True) -> None:
        fields = {"code": code, "message": sentence, "recoverable": recoverable}
        self._tell(m.CoachNotice.model_validate(fields))

    def hang_up(self, code: int, *, at_once: bool = False) -> None:
        """End the conversation with the browser; ``at_once``: whatever it has not read yet."""
        self._do(fx.HangUp(code, at_once))
        self.ended = True

    @property
    def _live(self) -> Link | None:
        link = self._link
        return link if link is not None and link.phase == "live" else None

    @property
    def in_take(self) -> bool:
        return self.take is not None and self.take.state == "recording"

    def _ask(self, event: Event, link: Link | None = None) -> None:
        """Send a client event on the connection, under an id of ours."""
        link = link or self._live
        if link is None:
            return
        self._asked += 1
        event_id = f"evt_{self._asked}"
        given = event.get("event_id")
        self._kinds[event_id] = (event["type"], given if isinstance(given, str) else None)
        while len(self._kinds) > KNOWN_EVENTS:
            self._kinds.popitem(last=False)
        self._do(fx.Ask(link.number, {**event, "event_id": event_id}))

    def _ask_later(self, event: Event) -> None:
        """The same, kept until there is a connection."""
        if self._live is not None:
            self._ask(event)
        elif len(self._pending) < HELD_EVENTS:
            self._pending.append(event)

    def _hold(self, audio: str, milliseconds: float) -> None:
        self._held.append((audio, milliseconds))
        self._held_ms += milliseconds
        while self._held_ms > HELD_MS:
            _, size = self._held.popleft()
            self._held_ms -= size
            self._dropped_ms += size

    # What the browser sees of all this

    def _state(self) -> str:
        if self._paused:
            return "paused"
        if self._live is None:
            return "connecting"
        if self.in_take:
            return "take"
        if self._replies.is_heard:
            return "speaking"
        return "thinking" if self._replies.busy or self._thinks_since is not None else "listening"

    def _show(self, now: float | None = None) -> None:
        """Say how things stand, if that is news."""
        state = self._state()
        left = None
        if state == "paused" and now is not None and self._retry_at is not None:
            left = round(max(0.0, self._retry_at - now), 3)
        elif state == "paused":
            return
        if self._shown is not None and self._shown.state == state:
            return
        fields: dict[str, Any] = {
            "session_id": self.config.session_id,
            "state": state,
            "resumed": self._resumed,
            "retry_at": left,
        }
        self._shown = m.CoachState.model_validate(fields)
        self._tell(self._shown)
