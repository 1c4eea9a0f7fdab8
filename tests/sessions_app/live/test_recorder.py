"""Captured audio on its way to the vault and to the live transcription."""

import json
from collections.abc import AsyncIterator

import pytest

from sessions_app.contract import messages as m
from sessions_app.core import effects as fx
from sessions_app.detection.energy import EnergyDetector
from sessions_app.live import recorder as recorder_module
from sessions_app.live.meter import Meter
from sessions_app.live.pitches import Pitches
from sessions_app.live.recorder import Recorder
from sessions_app.stream.memory import MemoryRing
from sessions_app.transcription import SpeechEvent, TranscriberContext
from sessions_app.vault import AudioVault, VaultUnavailableError
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

    def push(self, pcm: bytes) -> None:
        self.given += pcm

    async def finish(self) -> None:
        pass


def metered(driver: Driver, vault: AudioVault, kept: list[str]) -> Meter:
    """A meter that leaves the bars it has kept in ``kept``."""
    return Meter(
        MemoryRing(),
        vault,
        "key",
        EnergyDetector,
        lambda: driver.machine.heard_so_far,
        driver.machine.own_fillers,
        Pitches(),
        lambda _number, _mark, bars: kept.extend(bars),
    )


async def context(start_sample: int) -> TranscriberContext:
    return TranscriberContext(start_sample=start_sample)


async def test_a_resumed_transcription_is_given_each_sample_once():
    """The connection before may still be storing what the client sends again."""
    driver, vault, listening = Driver(), MemoryVault(10**7), Listening()
    driver.record()
    kept: list[str] = []
    meter = metered(driver, vault, kept)
    recorder = Recorder(driver.machine, vault, listening, "key", meter, lambda: None, context)
    await vault.append("key", 0, PCM[:64_000])
    recorder.put(fx.GoOnCapturing(16_000))
    # At the resume the vault had a second and a half.
    for start in range(24_000, 48_000, 8_000):
        recorder.put(fx.Capture(start, PCM[2 * start : 2 * (start + 8_000)]))
    recorder.put(fx.FinishCapture(driver.machine.run_id))
    await recorder.drained()
    await recorder.close()
    assert [json.loads(bar)["t1"] for bar in kept] == [1, 2, 3]
    assert listening.start_sample == 16_000
    assert listening.given == PCM[32_000:]
    assert b"".join([block async for block in vault.read("key")]) == PCM


async def test_what_is_still_on_its_way_of_the_last_recording_is_not_acknowledged_in_the_new_one(
    monkeypatch,
):
    driver, vault = Driver(), MemoryVault(10**7)
    kept: list[int] = []
    driver.record()
    monkeypatch.setattr(driver.machine, "audio_kept", kept.append)
    meter = metered(driver, vault, [])
    recorder = Recorder(driver.machine, vault, Listening(), "key", meter, lambda: None, context)
    recorder.put(fx.BeginCapture(1))
    recorder.put(fx.Capture(0, PCM))
    recorder.put(fx.AbandonCapture())
    recorder.put(fx.BeginCapture(2))
    recorder.put(fx.Capture(0, PCM[:3_200]))
    await recorder.drained()
    await recorder.close()
    assert kept == [1_600]
    assert b"".join([block async for block in vault.read("key")]) == PCM[:3_200]


async def test_what_the_vault_takes_at_once_is_kept_heard_and_acknowledged_in_the_same_turn(
    monkeypatch,
):
    driver, vault, listening = Driver(), MemoryVault(10**7), Listening()
    kept: list[int] = []
    driver.record()
    monkeypatch.setattr(driver.machine, "audio_kept", kept.append)
    recorder = Recorder(
        driver.machine, vault, listening, "key", metered(driver, vault, []), lambda: None, context
    )
    recorder.put(fx.BeginCapture(1))
    recorder.put(fx.Capture(0, PCM[:1_600]))
    await recorder.drained()
    recorder.put(fx.Capture(800, PCM[1_600:8_000]))
    assert kept == [800, 4_000]
    assert listening.given == PCM[:8_000]
    # What it refuses is told as ever: here a hole.
    recorder.put(fx.Capture(4_001, PCM[8_002:16_000]))
    await recorder.drained()
    await recorder.close()
    assert [one for one in driver.sent() if isinstance(one, m.AudioFormatError)]
    assert await vault.length("key") == 4_000


class Absent(MemoryVault):
    """A vault that fails once: when it is asked to ``drop``, or in the middle of a ``read``."""

    def __init__(self, *away: str) -> None:
        super().__init__(10**7, block_bytes=32_000)
        self.away = set(away)

    def _answer(self, what: str) -> None:
        if what in self.away:
            self.away.remove(what)
            raise VaultUnavailableError("It is away.")

    async def drop(self, key: str) -> None:
        self._answer("drop")
        await super().drop(key)

    async def read(self, key: str, start: int = 0) -> AsyncIterator[bytes]:
        async for block in super().read(key, start):
            yield block
            self._answer("read")


@pytest.fixture
def _impatient(monkeypatch) -> None:
    monkeypatch.setattr(recorder_module, "RETRY_SECONDS", 0)


async def held(vault: MemoryVault) -> bytes:
    return b"".join([block async for block in vault.read("key")])


@pytest.mark.usefixtures("_impatient")
async def test_a_new_recording_never_begins_with_the_sound_of_the_last_one():
    driver, vault, listening = Driver(), Absent("drop"), Listening()
    await vault.append("key", 0, PCM)
    recorder = Recorder(
        driver.machine, vault, listening, "key", metered(driver, vault, []), lambda: None, context
    )
    driver.record()
    for effect in (fx.BeginCapture(1), fx.Capture(0, bytes(3_200)), fx.FinishCapture(1)):
        recorder.put(effect)
    await recorder.drained()
    await recorder.close()
    assert await held(vault) == bytes(3_200)
    assert listening.given == bytes(3_200)


@pytest.mark.usefixtures("_impatient")
async def test_captions_miss_nothing_when_the_vault_is_away_at_a_resume():
    driver, vault, listening = Driver(), Absent("read"), Listening()
    await vault.append("key", 0, PCM[:64_000])
    recorder = Recorder(
        driver.machine, vault, listening, "key", metered(driver, vault, []), lambda: None, context
    )
    driver.record()
    for effect in (fx.GoOnCapturing(0), fx.Capture(32_000, PCM[64_000:]), fx.FinishCapture(1)):
        recorder.put(effect)
    await recorder.drained()
    await recorder.close()
    assert listening.given == PCM


async def test_a_hole_is_said_and_what_was_before_it_stays():
    driver, vault = Driver(), MemoryVault(10**7)
    driver.record()
    meter = metered(driver, vault, [])
    recorder = Recorder(driver.machine, vault, Listening(), "key", meter, lambda: None, context)
    for start in (0, 800, 2_400):
        recorder.put(fx.Capture(start, PCM[2 * start : 2 * (start + 800)]))
    await recorder.drained()
    await recorder.close()
    assert await held(vault) == PCM[:3_200]
    [refused] = [one for one in driver.sent() if isinstance(one, m.AudioFormatError)]
    assert "lost audio" in refused.message
