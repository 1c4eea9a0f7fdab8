"""How a signed-in page opens a socket: 256 random bits, single use, kept only as a hash."""

import asyncio
from dataclasses import asdict, dataclass, field
from typing import Final, Literal

from django.core.cache import cache

from clubs.permissions import Action
from clubs.revocation import Permit
from clubs.tokens import new_token, token_hash

LIFETIME_SECONDS = 60

Purpose = Literal["session", "realtime"]
ACTIONS: Final[dict[Purpose, Action]] = {
    "session": Action.OPERATE,
    "realtime": Action.PRACTISE,
}
"""What a person must be allowed, to have a socket of each purpose."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who may open which socket, in which club, for which speech.

    ``session_key`` names the sign-in it was asked for with: the socket ends with it. A ticket that
    needed none is for a visitor of the ``demo``, in the name of one of its members.
    """

    user_id: int
    club_id: int
    purpose: Purpose
    speech_id: str | None = None
    session_key: str | None = field(default=None, repr=False)
    demo: bool = False

    @property
    def permit(self) -> Permit:
        """On what grounds the socket is open."""
        return Permit(self.user_id, self.club_id, ACTIONS[self.purpose], self.session_key)


def issue(ticket: Ticket) -> str:
    """Make a token that ``redeem`` turns into ``ticket``, once, within a minute."""
    token = new_token()
    cache.set(_key(token), asdict(ticket), LIFETIME_SECONDS)
    return token


async def redeem(token: str) -> Ticket | None:
    """Use a token up. None when it is unknown, used or expired."""
    # Not in the thread that all sockets share, as the cache's own calls would be: it may wait for
    # the shared memory to be back.
    return await asyncio.to_thread(_redeem, _key(token))


def _redeem(key: str) -> Ticket | None:
    fields = cache.get(key)
    # Of two that read it, the one whose delete removes it has redeemed it.
    if fields is None or not cache.delete(key):
        return None
    return Ticket(**fields)


def _key(token: str) -> str:
    return f"ticket.{token_hash(token)}"
