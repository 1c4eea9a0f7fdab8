"""What a conversation costs its club: added to the day's row, a little later than it is spent."""

import asyncio
import contextlib
import logging
from decimal import Decimal
from typing import Final

from django.db import DatabaseError

from clubs.models import Club
from sessions_app.coach import store
from sessions_app.live.pump import Pump

log = logging.getLogger(__name__)

CLOSE_SECONDS: Final = 3.0


class Books:
    """Takes amounts without waiting; what the database does not take now goes with the next."""

    def __init__(self, club: Club) -> None:
        self._club = club
        self._owed = Decimal(0)
        # One that waits stands for all that was spent meanwhile.
        self._pump = Pump[None]("coach-books", self._book, limit=1)

    def add(self, cost_usd: Decimal) -> None:
        """Add what was paid to a vendor, in US dollars."""
        if cost_usd:
            self._owed += cost_usd
            self._pump.put(None)

    async def close(self) -> None:
        """Book what is owed, and end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._pump.drained()
        await self._pump.close()
        if self._owed:
            log.warning("not booked: club=%s usd=%s", self._club.pk, self._owed)

    async def _book(self, _asked: None) -> None:
        owed, self._owed = self._owed, Decimal(0)
        try:
            await store.charge(self._club, owed)
        except DatabaseError as error:
            self._owed += owed
            log.warning("the coach's cost is booked later: %s", type(error).__name__)
