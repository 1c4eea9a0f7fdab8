"""The live transcription of one recording, whatever its engine does."""

import asyncio

from sessions_app.live.captions import Captions
from sessions_app.transcription import SpeechEvent, StreamStatus, TranscriberContext
from speechcoach.errors import ProviderError, Reason


class Failing:
    """An engine that says that it is given up, and then refuses audio."""

    name = "failing"

    def __init__(self, *, says: bool, error: Exception | None = None) -> None:
        self._says = says
        self._error = error or ProviderError(Reason.UNAVAILABLE, "It is gone.")
        self._refused = asyncio.Event()

    def stream(self, _fmt, _context):
        return self

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_error) -> None:
        pass

    async def __aiter__(self):
        if self._says:
            yield StreamStatus("failed")
        await asyncio.Event().wait()

    def push(self, _pcm: bytes) -> None:
        self._refused.set()
        raise self._error

    async def finish(self) -> None:
        pass

    async def refused(self) -> None:
        await self._refused.wait()


async def told(*, says: bool, error: Exception | None = None) -> list[SpeechEvent]:
    events: list[SpeechEvent] = []
    engine = Failing(says=says, error=error)
    captions = Captions(engine, TranscriberContext(), events.append)
    async with asyncio.timeout(60):
        # Heard first, where it says so.
        await asyncio.sleep(0)
        captions.push(bytes(320))
        await engine.refused()
        await captions.finish()
    return events


async def test_that_captions_failed_is_told_once_whoever_knows_it_first():
    assert await told(says=True) == [StreamStatus("failed")]
    assert await told(says=False) == [StreamStatus("failed")]


async def test_an_engine_with_a_fault_of_its_own_is_given_up_and_its_words_not_logged(caplog):
    assert await told(says=False, error=KeyError("quillwort")) == [StreamStatus("failed")]
    assert "KeyError" in caplog.text
    assert "quillwort" not in caplog.text
