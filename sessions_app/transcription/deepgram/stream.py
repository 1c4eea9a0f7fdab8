"""Live captions by Deepgram: one connection after another, and audio kept until it is final."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from evaluations.core.shapes import AudioFormat
from sessions_app.core.audio import BYTES_PER_SAMPLE, SAMPLE_RATE
from sessions_app.core.kept import KeptAudio
from sessions_app.transcription import SpeechEvent, StreamStatus, TranscriberContext
from sessions_app.transcription.deepgram import NAME
from sessions_app.transcription.deepgram.client import load
from sessions_app.transcription.deepgram.connection import Connection, opened
from sessions_app.transcription.deepgram.core.messages import (
    Complaint,
    Goodbye,
    Message,
    Results,
    UtteranceEnd,
)
from sessions_app.transcription.deepgram.core.options import DeepgramConfig, Query, live_query
from sessions_app.transcription.deepgram.core.splice import Splicer
from speechcoach.breaker import Breaker, Breakers
from speechcoach.clock import MONOTONIC, Clock
from speechcoach.errors import ProviderError, Reason
from speechcoach.retry import RetryPolicy, retrying

if TYPE_CHECKING:
    from deepgram import AsyncDeepgramClient

log = logging.getLogger(__name__)

MAX_KEPT: Final = 60 * SAMPLE_RATE
"""Audio that waits to be sent or to be made final; beyond it captions skip to what is said now."""
KEPT_AFTER_SKIP: Final = 2 * SAMPLE_RATE
BLOCK: Final = SAMPLE_RATE // 4


@dataclass(frozen=True, slots=True)
class Pace:
    """The times and numbers of a stream.

    Attributes:
        keep_alive: seconds without audio after which the vendor is told that there will be more;
            it closes after ten.
        silent: seconds within which the vendor must answer audio.
        finish: seconds that the last words may take.
        catch_up: how many times faster than it was spoken kept audio is sent.
        connect: how often and how long a connection is tried before the engine is given up.
        losses: connections that may be lost in a row without having heard anything …
        all_losses: … and in a whole speech.
    """

    keep_alive: float = 4.0
    silent: float = 20.0
    finish: float = 2.0
    catch_up: float = 2.0
    open_seconds: float = 5.0
    connect_seconds: float = 20.0
    connect: RetryPolicy = RetryPolicy(attempts=8, base_seconds=0.5, cap_seconds=4.0)  # noqa: RUF009 - immutable
    losses: int = 3
    all_losses: int = 20


class DeepgramTranscriber:
    """A ``Transcriber``. One for a process; loads the SDK with the first speech."""

    name = NAME

    def __init__(
        self,
        config: DeepgramConfig,
        breakers: Breakers,
        pace: Pace = Pace(),
        clock: Clock = MONOTONIC,
    ) -> None:
        self._config = config
        self._breakers = breakers
        self._pace = pace
        self._clock = clock
        self._client: AsyncDeepgramClient | None = None
        self._loading = asyncio.Lock()

    def stream(self, fmt: AudioFormat, context: TranscriberContext) -> "DeepgramStream":
        """See ``Transcriber.stream``."""
        query = live_query(self._config, fmt, context)
        breaker = self._breakers.of(NAME, context.club_id)
        return DeepgramStream(
            lambda: self._open(query), breaker, context.start_sample, self._pace, self._clock
        )

    async def _open(self, query: Query) -> Connection:
        async with self._loading:
            self._client = client = self._client or await load(self._config)
        return await opened(client, query, self._pace.open_seconds)


class DeepgramStream:
    """A ``TranscriptStream``."""

    def __init__(
        self,
        connect: Callable[[], Coroutine[object, object, Connection]],
        breaker: Breaker,
        start_sample: int,
        pace: Pace,
        clock: Clock,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._connect_once = connect
        self._breaker = breaker
        self._pace = pace
        self._clock = clock
        self._chance = chance
        self._kept = KeptAudio(start_sample, MAX_KEPT)
        self._splicer = Splicer(start_sample)
        self._events: asyncio.Queue[SpeechEvent | None] = asyncio.Queue()
        self._more = asyncio.Event()
        self._finalized = asyncio.Event()
        self._finishing = False
        self._closing = False
        self._all_heard = False
        self._away = False
        self._failed = False
        self._unanswered_since: float | None = None
        self._sent_at = 0.0
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._listening = asyncio.create_task(self._run(), name="deepgram")
        self._tasks.append(self._listening)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._events.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[SpeechEvent]:
        while (event := await self._events.get()) is not None:
            yield event

    def push(self, pcm: bytes) -> None:
        """See ``TranscriptStream.push``."""
        if self._failed:
            raise ProviderError(Reason.UNAVAILABLE, "Deepgram is given up for this speech.")
        self._kept.push(pcm)
        if self._kept.full:
            dropped = self._kept.forget(self._kept.end - KEPT_AFTER_SKIP)
            log.warning("captions skip %.0f s that Deepgram is behind", dropped / SAMPLE_RATE)
        self._more.set()

    async def finish(self) -> None:
        """See ``TranscriptStream.finish``. What is not final in time stays a guess."""
        self._finishing = True
        self._more.set()
        self._tasks.append(asyncio.create_task(self._stop_in_time(), name="deepgram deadline"))

    async def _stop_in_time(self) -> None:
        await self._clock.sleep(self._pace.finish)
        self._listening.cancel()

    async def _run(self) -> None:
        try:
            await self._converse()
        except asyncio.CancelledError:
            if not self._finishing:
                raise
        except ProviderError as error:
            self._give_up(error.reason.value)
        except Exception:
            # A fault of ours must not take the captions away from a deployment that has others.
            log.exception("the Deepgram stream broke")
            self._give_up("fault")
        finally:
            if not self._failed:
                self._tell(self._splicer.end(heard=self._kept.end if self._all_heard else None))
            self._events.put_nowait(None)

    def _give_up(self, why: str) -> None:
        log.warning("deepgram is given up for this speech: %s", why)
        self._failed = True
        self._tell([*self._splicer.give_up(), StreamStatus("failed")])

    async def _converse(self) -> None:
        """Hold connections, one after the other, until the audio is finished.

        Raises:
            ProviderError: there is no use in trying on.
        """
        fruitless = losses = 0
        while True:
            connection = await self._connect()
            first, before = self._kept.first, self._splicer.heard
            self._tell(self._splicer.connected(first))
            try:
                await self._serve(connection, first)
            except ProviderError as error:
                lost = error
            else:
                return
            finally:
                await connection.aclose()
            self._go_away()
            losses += 1
            fruitless = 0 if self._splicer.heard > before else fruitless + 1
            if fruitless >= self._pace.losses or losses >= self._pace.all_losses:
                raise lost
            log.info("deepgram is lost: reason=%s losses=%d", lost.reason.value, losses)
            # Even after a graceful close, and after the first loss: never in a busy loop.
            await self._clock.sleep(self._pause(fruitless))

    def _pause(self, fruitless: int) -> float:
        policy = self._pace.connect
        ceiling = min(policy.cap_seconds, policy.base_seconds * 2.0**fruitless)
        return ceiling * self._chance()

    async def _connect(self) -> Connection:
        async with self._breaker.guarding():
            connection = await retrying(
                self._try_to_connect,
                self._pace.connect,
                seconds=self._pace.connect_seconds,
                clock=self._clock,
                chance=self._chance,
            )
        if self._away:
            self._away = False
            self._events.put_nowait(StreamStatus("reconnected"))
        return connection

    async def _try_to_connect(self, _left: float) -> Connection:
        try:
            return await self._connect_once()
        except ProviderError as error:
            log.info("deepgram does not connect: reason=%s", error.reason.value)
            self._go_away()
            raise

    def _go_away(self) -> None:
        if not self._away:
            self._away = True
            self._events.put_nowait(StreamStatus("reconnecting"))

    async def _serve(self, connection: Connection, first: int) -> None:
        """Send and listen until the vendor closes as it was asked to.

        Raises:
            ProviderError: the connection is of no more use.
        """
        self._unanswered_since = None
        self._sent_at = self._clock.now()
        self._finalized.clear()
        sending = asyncio.create_task(self._send(connection, first))
        watching = asyncio.create_task(self._watch())
        keeping = asyncio.create_task(self._keep_alive(connection))
        listening = asyncio.create_task(self._listen(connection))
        all_of_them = (sending, watching, keeping, listening)
        tasks = set(all_of_them)
        try:
            while not listening.done():
                ended, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    task.result()
        finally:
            for task in all_of_them:
                task.cancel()
            await asyncio.gather(*all_of_them, return_exceptions=True)
        if not self._closing:
            raise ProviderError(Reason.UNAVAILABLE, "Deepgram ended the connection.")

    async def _send(self, connection: Connection, sample: int) -> None:
        """Send audio as it comes, and at the end ask for the last words."""
        while pcm := await self._next(sample):
            self._sent_at = self._clock.now()
            self._expect_an_answer(self._sent_at)
            await connection.send(pcm)
            count = len(pcm) // BYTES_PER_SAMPLE
            sample += count
            if self._kept.end - sample > SAMPLE_RATE and not self._finishing:
                await self._clock.sleep(count / SAMPLE_RATE / self._pace.catch_up)
        await connection.finalize()
        # Its answer is not guaranteed, but what it brings is worth waiting for.
        with suppress(TimeoutError):
            await asyncio.wait_for(self._finalized.wait(), self._pace.finish / 2)
        self._closing = True
        await connection.close_stream()

    async def _next(self, sample: int) -> bytes:
        """The next block; empty when no more will come.

        Raises:
            ProviderError: it was skipped; the vendor's clock and ours no longer agree.
        """
        while True:
            self._more.clear()
            if sample < self._kept.first:
                raise ProviderError(Reason.TIMEOUT, "Deepgram is too far behind.")
            if pcm := self._kept.read(sample, BLOCK):
                return pcm
            if self._finishing:
                return b""
            await self._more.wait()

    async def _listen(self, connection: Connection) -> None:
        async for message in connection:
            self._unanswered_since = None
            self._hear(message)

    def _hear(self, message: Message) -> None:
        match message:
            case Results() | UtteranceEnd():
                self._tell(self._splicer.hear(message))
                self._kept.forget(self._splicer.heard)
                if isinstance(message, Results) and message.from_finalize:
                    self._finalized.set()
            case Goodbye():
                self._all_heard = self._closing
            case Complaint():
                log.warning("deepgram could not read something that it was sent")

    def _expect_an_answer(self, now: float) -> None:
        if self._unanswered_since is None:
            self._unanswered_since = now

    async def _keep_alive(self, connection: Connection) -> None:
        """Say that there will be more where nothing was sent for long. By itself: a deadline for
        each wait of the sender costs as much as what it sends."""
        while not self._finishing:
            left = self._sent_at + self._pace.keep_alive - self._clock.now()
            if left > 0:
                await self._clock.sleep(left)
            else:
                self._sent_at = self._clock.now()
                await connection.keep_alive()

    async def _watch(self) -> None:
        """Give up a connection that takes audio and says nothing."""
        while True:
            await self._clock.sleep(self._pace.silent / 4)
            since = self._unanswered_since
            if since is not None and self._clock.now() - since > self._pace.silent:
                raise ProviderError(Reason.TIMEOUT, "Deepgram does not answer.")

    def _tell(self, events: Iterable[SpeechEvent]) -> None:
        for event in events:
            self._events.put_nowait(event)
