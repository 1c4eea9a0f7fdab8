"""The shell of the built-in engine: it runs what the machine asks for, and owns the clock."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from typing import Final, assert_never

from evaluations.core.shapes import Word
from evaluations.speech import Synthesizer
from sessions_app.coach import CoachContext, Event
from sessions_app.coach.engine.core.coaching import brain
from sessions_app.coach.engine.core.coaching.state import Reply
from sessions_app.coach.engine.core.effects import (
    Effect,
    Forget,
    Hear,
    Hush,
    Listen,
    Say,
    Send,
    StopListening,
    Think,
)
from sessions_app.coach.engine.core.machine import LEAD_MS, PATIENCE_SECONDS, EngineSession
from sessions_app.coach.engine.ear import Ear
from sessions_app.coach.engine.mouth import Mouth, Voice
from sessions_app.coach.protocol.session import RATE
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.transcription import Transcriber, TranscriberContext
from speechcoach.errors import ProviderError, Reason

MOST_UNREAD: Final = 1_000
"""Events; about a minute of speech that nobody has taken."""

_log = logging.getLogger(__name__)


def random_id(kind: str) -> str:
    """An id as the API makes them: what it is of, and chance."""
    return f"{kind}_{secrets.token_hex(10)}"


class BuiltinUpstream:
    """A ``RealtimeUpstream`` that needs no key and no network.

    Args:
        warm: gets the transcription ready, so that the first words are not late.
        patience: see ``EngineSession``.
    """

    name = "builtin"

    def __init__(
        self,
        transcriber: Transcriber,
        synthesizer: Synthesizer,
        warm: Callable[[], Awaitable[None]] | None = None,
        patience: float = PATIENCE_SECONDS,
        lead_ms: float = LEAD_MS,
        new_id: Callable[[str], str] = random_id,
    ) -> None:
        self._transcriber = transcriber
        self._voice = Voice(synthesizer)
        self._warm = warm
        self._patience = patience
        self._lead_ms = lead_ms
        self._new_id = new_id

    async def connect(self, context: CoachContext, model: str = "builtin") -> "BuiltinConnection":
        """See ``RealtimeUpstream.connect``."""
        session = EngineSession(context, self._new_id, model, self._patience, self._lead_ms)
        connection = BuiltinConnection(session, context, self._transcriber, self._voice)
        connection.start(self._get_ready())
        return connection

    async def _get_ready(self) -> None:
        with contextlib.suppress(ProviderError, OSError):
            await self._voice.warm()
            if self._warm is not None:
                await self._warm()


class BuiltinConnection:
    """A ``RealtimeConnection``."""

    def __init__(
        self,
        session: EngineSession,
        context: CoachContext,
        transcriber: Transcriber,
        voice: Voice,
    ) -> None:
        self._session = session
        self._context = context
        self._transcriber = transcriber
        self._loop = asyncio.get_running_loop()
        self._mouth = Mouth(voice, self._on_voice, self._on_lost)
        self._ears: dict[int, Ear] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._out: asyncio.Queue[Event | None] = asyncio.Queue()
        self._closed = False
        self._unread = False

    def start(self, ready: Coroutine[None, None, None]) -> None:
        """Send what comes first, and get ready beside it."""
        self._keep(ready)
        self._step()

    async def send(self, event: Event) -> None:
        """See ``RealtimeConnection.send``."""
        if self._closed:
            raise ProviderError(Reason.UNAVAILABLE, "The conversation is over.")
        self._session.receive(event, self._now)
        self._step()

    async def __aiter__(self) -> AsyncIterator[Event]:
        while (event := await self._out.get()) is not None:
            yield event
        if self._unread:
            raise ProviderError(Reason.UNAVAILABLE, "Nobody took what the coach said.")

    async def close(self) -> None:
        """See ``RealtimeConnection.close``."""
        self._stop()
        await self._mouth.close()
        ears, self._ears = list(self._ears.values()), {}
        for ear in ears:
            await ear.close()
        for task in list(self._tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    @property
    def _now(self) -> float:
        return self._loop.time()

    def _stop(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._out.put_nowait(None)

    def _step(self) -> None:
        """Do what the machine asks for, until it asks for nothing more; then sleep."""
        while not self._closed and (effects := self._session.effects()):
            self._do(effects)
        self._sleep()

    def _do(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(event):
                    self._out.put_nowait(event)
                    if self._out.qsize() > MOST_UNREAD:
                        self._unread = True
                        self._stop()
                        return
                case Listen(turn, start, language):
                    self._ears[turn] = self._ear(turn, start, language)
                case Hear(turn, pcm):
                    self._ears[turn].hear(pcm)
                case StopListening(turn):
                    self._ears[turn].stop()
                case Forget(turn):
                    self._keep(self._ears.pop(turn).close())
                case Think():
                    self._keep(self._think(effect))
                case Say(number, text, speed):
                    self._mouth.say(number, text, speed)
                case Hush():
                    self._mouth.hush()
                case unknown:
                    assert_never(unknown)

    def _sleep(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        wakes_at = self._session.wakes_at
        if wakes_at is not None and not self._closed:
            self._timer = self._loop.call_at(wakes_at, self._wake)

    def _wake(self) -> None:
        self._session.tick(self._now)
        self._step()

    def _ear(self, turn: int, start: int, language: str) -> Ear:
        def on_rough(words: tuple[Word, ...]) -> None:
            self._session.receive_rough_words(turn, words, self._now)
            self._step()

        def on_words(words: tuple[Word, ...], *, failed: bool) -> None:
            self._ears.pop(turn, None)
            self._session.receive_words(turn, words, self._now, failed=failed)
            self._step()

        context = TranscriberContext(
            language=language,
            start_sample=round(start * SAMPLE_RATE / RATE),
            club_id=self._context.club_id,
        )
        return Ear(self._transcriber, context, on_rough, on_words)

    async def _think(self, thought: Think) -> None:
        thinking = asyncio.to_thread(brain.reply, thought.state, thought.request)
        (found,) = await asyncio.gather(thinking, return_exceptions=True)
        if isinstance(found, BaseException):  # whatever it is, the conversation goes on
            _log.error("coach %s: no answer", self._context.session_id, exc_info=found)
        reply = found if isinstance(found, Reply) else None
        self._session.receive_thought(thought.number, reply, self._now)
        self._step()

    def _on_voice(self, number: int, pcm: bytes) -> None:
        self._session.receive_voice(number, pcm, self._now)
        self._step()

    def _on_lost(self, number: int, sentence: str) -> None:
        self._session.receive_voice_lost(number, sentence, self._now)
        self._step()

    def _keep(self, coroutine: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
