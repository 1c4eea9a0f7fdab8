"""The bars of a session, from the recorder's samples and captions into the ring."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from evaluations.core.shapes import Segment
from sessions_app.core.audio import BYTES_PER_SAMPLE, CHUNK_SAMPLES, SAMPLE_RATE
from sessions_app.core.bar_sound import Second, pitch_percentiles
from sessions_app.core.bars import Bar, BarBuilder, Change, PitchRange
from sessions_app.detection import SpeechDetector
from sessions_app.live.pump import Pump
from sessions_app.stream import BarRing, Entry, Mark, RingUnavailableError
from sessions_app.transcription import Hypothesis, SpeechEvent
from sessions_app.vault import AudioVault, VaultError

log = logging.getLogger(__name__)

MAX_WAITING: Final = 2400
BATCH_SAMPLES: Final = 2 * CHUNK_SAMPLES
"""100 ms: as often as a forming bar is told of."""
WARM_UP_SAMPLES: Final = 10 * SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class _Begin:
    pass


@dataclass(frozen=True, slots=True)
class _GoOn:
    pass


@dataclass(frozen=True, slots=True)
class _Sound:
    start: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class _Finish:
    number: int
    heard_all: bool


_Step = _Begin | _GoOn | _Sound | SpeechEvent | _Finish
Heard = Callable[[], tuple[tuple[Segment, ...], int]]
Keep = Callable[[int, Mark, list[str]], None]


@dataclass(slots=True)
class _Open:
    """The recording that is being measured. ``texts`` are its bars as JSON, for the row."""

    builder: BarBuilder
    epoch: str
    waiting: dict[int, Entry] = field(default_factory=dict)


class Meter:
    """Measures what the recorder keeps. Nothing waits for it; what fails here harms no recording.

    Args:
        ring: where the bars go.
        vault: where audio is that was captured while nobody measured.
        key: the speech's, in both.
        make_detector: makes the detector of a recording.
        heard: the utterances so far, and the sample up to which they are all.
        keep: called with the run, how far the bars came and the bars, once a recording has ended.
    """

    def __init__(
        self,
        ring: BarRing,
        vault: AudioVault,
        key: str,
        make_detector: Callable[[], SpeechDetector],
        heard: Heard,
        keep: Keep,
    ) -> None:
        self._ring = ring
        self._vault = vault
        self._key = key
        self._make_detector = make_detector
        self._heard = heard
        self._keep = keep
        # A recording runs; what the ring has is of the one before; somebody else has begun anew.
        self._runs = False
        self._anew = False
        self._replaced = False
        self._open: _Open | None = None
        self._pump = Pump[_Step]("meter", self._work, MAX_WAITING)
        self._batch = bytearray()
        self._batch_start = 0

    def begin(self) -> None:
        """A new recording."""
        self._batch.clear()
        self._pump.put(_Begin())

    def go_on(self) -> None:
        """A recording that another process or connection began."""
        self._batch.clear()
        self._pump.put(_GoOn())

    def push(self, start: int, pcm: bytes) -> None:
        """Samples that the vault keeps. Those that do not fit the queue are read from there."""
        if self._batch and self._batch_start + len(self._batch) // BYTES_PER_SAMPLE != start:
            self._flush()
        if not self._batch:
            self._batch_start = start
        self._batch += pcm
        end = self._batch_start + len(self._batch) // BYTES_PER_SAMPLE
        # By the sample clock: what words cut short must not leave a second's end waiting.
        if end // BATCH_SAMPLES > self._batch_start // BATCH_SAMPLES:
            self._flush()

    def hear(self, event: SpeechEvent) -> None:
        """What the captions heard."""
        if not isinstance(event, Hypothesis):
            self._flush()
            self._pump.put(event)

    def finish(self, number: int, *, heard_all: bool) -> None:
        """The recording is over, and ``number`` is the run that evaluates it.

        Without ``heard_all`` the captions did not hear it to its end.
        """
        self._flush()
        self._pump.put(_Finish(number, heard_all))

    async def drained(self) -> None:
        """Wait until everything that was put is measured."""
        self._flush()
        await self._pump.drained()

    async def drop(self) -> None:
        """Forget everything."""
        await self._pump.drained()
        self._open, self._runs = None, False
        await self._ring.drop(self._key)

    async def close(self) -> None:
        await self._pump.close()

    def _flush(self) -> None:
        if self._batch:
            self._pump.put(_Sound(self._batch_start, bytes(self._batch)))
            self._batch.clear()

    async def _work(self, step: _Step) -> None:
        match step:
            case _Begin():
                self._runs, self._anew, self._replaced = True, True, False
                await self._take_up()
            case _GoOn():
                self._runs, self._replaced = True, False
                await self._take_up()
            case _Sound(start=start, pcm=pcm):
                if self._open is None and self._runs:
                    await self._take_up()
                if self._open is not None:
                    await self._measure(self._open, start, pcm)
                    await self._tell(self._open)
            case _Finish():
                await self._end(step)
            case _:
                if self._open is not None:
                    self._open.builder.hear(step)
                    await self._tell(self._open)

    async def _take_up(self) -> None:
        """Go on with what the ring has; without it, from the first sample in the vault."""
        self._open = None
        page = None if self._anew else await self._ring.read(self._key)
        bars: list[Bar] = []
        forming = None
        if page is None:
            epoch = await self._ring.begin(self._key)
            self._anew = False
        else:
            epoch = page.mark.epoch
            entries = sorted(page.entries, key=lambda entry: entry.seq)
            bars = [Bar.model_validate_json(one.text) for one in entries if not one.forming]
            rest = [Bar.model_validate_json(one.text) for one in entries if one.forming]
            forming = rest[0] if rest else None
        detector = self._make_detector()
        builder = BarBuilder.resume(detector, bars, forming, *self._heard())
        self._open = _Open(builder, epoch)
        before = max(0, builder.next_sample - WARM_UP_SAMPLES)
        builder.warm_up(await self._read(before, builder.next_sample))
        await self._measure_from_vault(self._open)
        await self._tell(self._open)

    async def _measure(self, current: _Open, start: int, pcm: bytes) -> None:
        """Take samples; what is missing before them is in the vault."""
        if start > current.builder.next_sample:
            await self._measure_from_vault(current, start)
        known = current.builder.next_sample - start
        for second in current.builder.push(pcm[max(0, known) * BYTES_PER_SAMPLE :]):
            await self._pitch(current, second)

    async def _measure_from_vault(self, current: _Open, until: int | None = None) -> None:
        """Measure what the vault has before sample ``until``, or all that it has."""
        builder = current.builder
        try:
            if until is None:
                until = await self._vault.length(self._key)
            async for block in self._vault.read(self._key, builder.next_sample):
                room = (until - builder.next_sample) * BYTES_PER_SAMPLE
                for second in builder.push(block[:room]):
                    await self._pitch(current, second)
                if builder.next_sample >= until:
                    return
        except VaultError:
            log.warning("audio could not be read for the bars")

    async def _read(self, start: int, until: int) -> bytes:
        pcm = b""
        if until > start:
            async for block in self._vault.read(self._key, start):
                pcm += block[: (until - start) * BYTES_PER_SAMPLE - len(pcm)]
                if len(pcm) >= (until - start) * BYTES_PER_SAMPLE:
                    break
        return pcm

    @staticmethod
    async def _pitch(current: _Open, second: Second) -> None:
        found = await asyncio.to_thread(pitch_percentiles, second)
        pitch = None
        if found is not None:
            low, mid, high = found
            pitch = PitchRange(low=low, mid=mid, high=high)
        current.builder.pitched(second.seq, pitch)

    async def _tell(self, current: _Open) -> None:
        """Put what has changed into the ring; what cannot be put now goes with what follows."""
        for change in current.builder.changes():
            current.waiting[change.bar.seq] = _entry(change)
        if not current.waiting:
            return
        try:
            mine = await self._ring.put(self._key, current.epoch, list(current.waiting.values()))
        except RingUnavailableError:
            log.warning("the ring of bars does not answer")
            return
        current.waiting.clear()
        if not mine:
            self._open = None
            # Where the ring was lost, what follows takes it up; else another has begun anew.
            [mark] = await self._ring.marks([self._key])
            self._runs, self._replaced = mark is None, mark is not None

    async def _end(self, step: _Finish) -> None:
        if self._replaced:
            return
        if self._open is None:
            await self._take_up()
        current, self._runs = self._open, False
        if current is None:
            return
        # What found no room in the queue at the very end.
        await self._measure_from_vault(current)
        for second in current.builder.finish(heard_all=step.heard_all):
            await self._pitch(current, second)
        await self._tell(current)
        mark = await self._ring.end(self._key, current.epoch)
        page = await self._ring.read(self._key)
        self._open = None
        if mark is not None and page is not None and page.mark.epoch == mark.epoch:
            entries = sorted(page.entries, key=lambda entry: entry.seq)
            self._keep(step.number, mark, [entry.text for entry in entries])


def _entry(change: Change) -> Entry:
    bar = change.bar
    return Entry(bar.seq, bar.rev, change.forming, bar.model_dump_json(by_alias=True))
