"""Captured audio on its way to the vault and to the live transcription."""

from collections.abc import AsyncIterator

from sessions_app.core import effects as fx
from sessions_app.live.recorder import Recorder
from sessions_app.transcription import SpeechEvent, TranscriberContext
from sessions_app.vault.memory import MemoryVault
from tests.sessions_app.core.driving import Driver
from tests.speech import noise

PCM = noise(3).tobytes()


class Listening:
    """A transcriber that keeps what it is given."""

    name = "listening"

    def __init__(self) -> None:
        self.given = b""
        self.start_sample: int | None = None

    def stream(self, _fmt, context):
        self.start_sample = context.start_sample
        return self

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_error) -> None:
        pass

    async def __aiter__(self) -> AsyncIterator[SpeechEvent]:
        events: tuple[SpeechEvent, ...] = ()
        for event in events:
            yield event

    async def push(self, pcm: bytes) -> None:
        self.given += pcm

    async def finish(self) -> None:
        pass


async def context(start_sample: int) -> TranscriberContext:
    return TranscriberContext(start_sample=start_sample)


async def test_a_resumed_transcription_is_given_each_sample_once():
    """The connection before may still be storing what the client sends again."""
    driver, vault, listening = Driver(), MemoryVault(10**7), Listening()
    driver.record()
    recorder = Recorder(driver.machine, vault, listening, "key", lambda: None, context)
    await vault.append("key", 0, PCM[:64_000])
    recorder.put(fx.GoOnCapturing(16_000))
    # At the resume the vault had a second and a half.
    for start in range(24_000, 48_000, 8_000):
        recorder.put(fx.Capture(start, PCM[2 * start : 2 * (start + 8_000)]))
    recorder.put(fx.FinishCapture(driver.machine.run_id))
    await recorder.drained()
    await recorder.close()
    assert listening.start_sample == 16_000
    assert listening.given == PCM[32_000:]
    assert b"".join([block async for block in vault.read("key")]) == PCM
