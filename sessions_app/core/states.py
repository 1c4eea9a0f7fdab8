"""The state of a session, with one door for transitions, and the effects it has asked for."""

from collections import deque

from pydantic import BaseModel

from sessions_app.contract import messages as m
from sessions_app.contract.close_codes import CloseCode
from sessions_app.core import effects as fx

MALFORMED_LIMIT = 10
MALFORMED_WINDOW_SECONDS = 10.0


class StatefulOutbox:
    """What every part of the session machine speaks through."""

    def __init__(self) -> None:
        self.state = m.SessionState.IDLE
        self._effects: deque[fx.Effect] = deque()
        self._malformed: deque[float] = deque(maxlen=MALFORMED_LIMIT)
        self._outside_reported = False
        self.changed = False
        """Whether the snapshot has changed since the shell last took one."""
        self.heard_more = False
        """Whether all that has changed is how much was heard, which could be heard again."""

    def effects(self) -> list[fx.Effect]:
        """Take what is to be done, in order."""
        taken = list(self._effects)
        self._effects.clear()
        return taken

    def receive_malformed(self, sentence: str, now: float) -> None:
        """A frame that is no message: say why, and hang up on the tenth in ten seconds."""
        self._refuse(sentence)
        self._malformed.append(now)
        full = len(self._malformed) == MALFORMED_LIMIT
        if full and now - self._malformed[0] <= MALFORMED_WINDOW_SECONDS:
            self._do(fx.HangUp(CloseCode.POLICY))

    def _do(self, effect: fx.Effect) -> None:
        self._effects.append(effect)

    def _send(self, message: BaseModel) -> None:
        self._do(fx.Send(message))

    def _refuse(self, sentence: str) -> None:
        self._send(m.ErrorMessage(message=sentence, recoverable=True))

    def _refuse_state(self, wanted: str) -> None:
        self._refuse(f'Invalid state transition: {wanted}, but the session is "{self.state}".')

    def _rests(self, what: str) -> bool:
        """Whether the session is idle; if not, the client is told so."""
        if self.state is m.SessionState.IDLE:
            return True
        self._refuse(f'{what} while the session is "idle"; it is "{self.state}".')
        return False

    def _outside_recording(self) -> None:
        """Audio came outside a recording: say so once in each state, not once a chunk."""
        if not self._outside_reported:
            self._outside_reported = True
            self._refuse(f'Audio was dropped: the session is "{self.state}", not "recording".')

    def _go(self, state: m.SessionState) -> None:
        """The one door for transitions."""
        self.state = state
        self.changed = True
        self._outside_reported = False
        self._do(fx.Enter(state))
        self._send(m.StateChange(state=state))
