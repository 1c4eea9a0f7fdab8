"""The pitch of seconds of sound, for all sessions of this process together."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sessions_app.core.bar_sound import Percentiles, Second, pitch_percentiles

REST_SECONDS: Final = 0.05
"""Between two rounds: what is asked for meanwhile costs a fraction of what it would cost alone."""
ENOUGH_SECONDS: Final = 8
"""Of sound in one round: after so many nobody is waited for, and whoever catches up goes on."""
ROUND_SECONDS: Final = 12
"""The most of sound in one round, which takes a millisecond or two. On the event loop: a thread
beside a busy one waits for the interpreter's lock after nearly every call, and the loop for it."""


@dataclass(frozen=True, slots=True)
class _Asked:
    seconds: Sequence[Second]
    answer: asyncio.Future[list[Percentiles | None]]


class Pitches:
    """Answers at once where nobody else asks, and many together where many do.

    One event loop; where another one runs than before (tests), it begins anew.
    """

    def __init__(self) -> None:
        self._waiting: list[_Asked] = []
        self._rounds: asyncio.Task[None] | None = None

    async def of(self, seconds: Sequence[Second]) -> list[Percentiles | None]:
        """See ``pitch_percentiles``."""
        if not seconds:
            return []
        loop = asyncio.get_running_loop()
        if self._rounds is not None and self._rounds.get_loop() is not loop:
            self._waiting, self._rounds = [], None
        asked = _Asked(seconds, loop.create_future())
        self._waiting.append(asked)
        if self._rounds is None or self._rounds.done():
            self._rounds = loop.create_task(self._work(), name="pitches")
        return await asked.answer

    async def _work(self) -> None:
        while self._waiting:
            together = self._next_round()
            seconds = [second for asked in together for second in asked.seconds]
            try:
                found = iter(pitch_percentiles(seconds))
            except Exception as error:  # noqa: BLE001 - it is told to those who asked
                for asked in together:
                    if not asked.answer.done():
                        asked.answer.set_exception(error)
            else:
                for asked in together:
                    own = [next(found) for _ in asked.seconds]
                    # Whoever asked may be gone.
                    if not asked.answer.done():
                        asked.answer.set_result(own)
            await asyncio.sleep(REST_SECONDS if len(seconds) < ENOUGH_SECONDS else 0)

    def _next_round(self) -> list[_Asked]:
        count, taken = len(self._waiting[0].seconds), 1
        for asked in self._waiting[1:]:
            count += len(asked.seconds)
            if count > ROUND_SECONDS:
                break
            taken += 1
        together, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return together
