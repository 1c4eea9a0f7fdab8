"""Carries out what a conversation asks for its take, in order, beside everything else."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final

from evaluations.billing import Bill
from sessions_app.coach import store
from sessions_app.coach.booking import Books
from sessions_app.coach.coach import Coach
from sessions_app.coach.core import effects as fx
from sessions_app.coach.core.configuring import RATE
from sessions_app.coach.core.facts import facts_of, figures_of
from sessions_app.coach.core.session import CoachSession
from sessions_app.coach.takes import Measured, TakeRecorder, sentence_of
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.live.pump import Pump
from sessions_app.source import vault_key
from sessions_app.vault import VaultError
from speechcoach.errors import ProviderError

log = logging.getLogger(__name__)

CLOSE_SECONDS: Final = 3.0
MOST_WAITING: Final = 4_000
"""Effects: more than two minutes of sound."""
NOT_MEASURED: Final = "This take was lost. Please take it again."
NOT_KEPT: Final = "The take could not be kept just now. Please try again."


class Taker:
    """The take of one conversation.

    Args:
        books: where its transcript is charged.
        carry_out: called after the session was told something.
    """

    def __init__(
        self,
        coach: Coach,
        person: store.Person,
        session: CoachSession,
        books: Books,
        carry_out: Callable[[], None],
    ) -> None:
        self._coach = coach
        self._person = person
        self._session = session
        self._books = books
        self._carry_out = carry_out
        self._recorder: TakeRecorder | None = None
        self._measured: Measured | None = None
        self._pump = Pump[fx.Effect]("coach-take", self._work, MOST_WAITING)

    def put(self, effect: fx.Effect) -> None:
        """Take an effect; never waits."""
        if not self._pump.put(effect) and self._session.take is not None:
            self._session.take_failed(self._session.take.id, "The server cannot keep up.")

    async def resume(self) -> None:
        """Go on with a take where its conversation was left."""
        take = self._session.take
        if take is None or take.state in {"kept", "failed", "discarded"}:
            return
        try:
            samples = await self._coach.vault.length(self._key(take.id))
        except VaultError:
            samples = 0
        if take.state == "recording":
            take.samples = samples * RATE // SAMPLE_RATE
        if not samples:
            self._session.take_gone(NOT_MEASURED)
        elif take.state in {"recording", "measuring"}:
            self._recorder = self._new_recorder(take.id, samples)
            if take.state == "measuring":
                self.put(fx.FinishTake(take.id))
        elif take.state == "keeping":
            # Whether it was kept is not known here; keeping it twice is keeping it once.
            take.state = "ready"

    async def close(self) -> None:
        """Take what was sent so far, and free the engines; the sound stays for whoever resumes."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._pump.drained()
        await self._pump.close()
        await self._end_recorder()

    async def _work(self, effect: fx.Effect) -> None:
        match effect:
            case fx.BeginTake(take_id=take_id):
                await self._end_recorder()
                self._measured = None
                self._recorder = self._new_recorder(take_id, 0)
            case fx.TakeSound(pcm=pcm):
                await self._push(pcm)
            case fx.FinishTake(take_id=take_id):
                await self._finish(take_id)
            case fx.DropTake(take_id=take_id):
                await self._drop(take_id)
            case fx.KeepTake():
                await self._keep(effect)
        self._carry_out()

    def _new_recorder(self, take_id: str, samples: int) -> TakeRecorder:
        engines = self._coach.takes(self._person.builtin_only)
        return TakeRecorder(engines, self._coach.vault, self._person.club.pk, take_id, samples)

    async def _push(self, pcm: bytes) -> None:
        recorder = self._recorder
        if recorder is None:
            return
        try:
            await recorder.push(pcm)
        except (VaultError, ValueError) as error:
            self._session.take_failed(recorder.take_id, sentence_of(error))
            await self._end_recorder()

    async def _finish(self, take_id: str) -> None:
        recorder = self._recorder
        if recorder is None or recorder.take_id != take_id:
            self._session.take_failed(take_id, NOT_MEASURED)
            return
        try:
            measured = await self._measure(recorder)
        except (VaultError, ProviderError, ValueError) as error:
            self._session.take_failed(take_id, sentence_of(error))
            return
        except Exception:
            self._session.take_failed(take_id, NOT_MEASURED)
            raise
        finally:
            await self._end_recorder()
        self._measured = measured
        figures = figures_of(measured.metrics)
        text = measured.transcript.text
        self._session.take_measured(take_id, figures, text, facts_of(figures, text))

    async def _keep(self, effect: fx.KeepTake) -> None:
        try:
            if self._measured is None:
                # It was measured before a resume, perhaps in another process.
                samples = await self._coach.vault.length(self._key(effect.take_id))
                self._recorder = self._new_recorder(effect.take_id, samples)
                self._measured = await self._measure(self._recorder)
                await self._end_recorder()
            address = await store.keep_take(
                self._person, effect.take_id, effect.title, effect.consent, self._measured
            )
        except Exception:
            self._session.take_not_kept(effect.take_id, NOT_KEPT)
            raise
        self._session.take_kept(effect.take_id, address)

    async def _measure(self, recorder: TakeRecorder) -> Measured:
        bill = Bill()
        try:
            return await recorder.finish(bill)
        finally:
            # A failed answer is paid for too.
            self._books.add(bill.cost_usd)

    async def _drop(self, take_id: str) -> None:
        if self._recorder is not None and self._recorder.take_id == take_id:
            await self._end_recorder()
        await self._coach.vault.drop(self._key(take_id))

    async def _end_recorder(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            await asyncio.shield(recorder.close())

    def _key(self, take_id: str) -> str:
        return vault_key(self._person.club.pk, take_id)
