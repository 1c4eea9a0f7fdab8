"""The bars of a session, from the recorder's samples and captions into the ring."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from evaluations.core.shapes import Segment
from sessions_app.core.audio import BYTES_PER_SAMPLE, CHUNK_SAMPLES, SAMPLE_RATE
from sessions_app.core.bar import Bar, PitchRange
from sessions_app.core.bar_sound import Second
from sessions_app.core.bars import BarBuilder, Change
from sessions_app.core.pieces import Pieces
from sessions_app.detection import SpeechDetector
from sessions_app.live.pitches import Pitches
from sessions_app.live.pump import Pump
from sessions_app.stream import BarRing, Entry, Mark, RingUnavailableError
from sessions_app.transcription import Hypothesis, SpeechEvent
from sessions_app.vault import AudioVault, VaultError

log = logging.getLogger(__name__)

MAX_WAITING: Final = 2400
WATCHED_SAMPLES: Final = 2 * CHUNK_SAMPLES
"""100 ms: as often as a forming bar is told of where somebody watches. Else nobody needs it."""
MOST_HELD_BYTES: Final = 4 * SAMPLE_RATE * BYTES_PER_SAMPLE
"""Sound that waits here. What is behind by more leaves the rest where it is, in the vault."""
WARM_UP_SAMPLES: Final = 10 * SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class _Begin:
    pass


@dataclass(frozen=True, slots=True)
class _GoOn:
    pass


@dataclass(slots=True)
class _Sound:
    """Samples up to ``end``: first those of ``pcm``; the vault has them all."""

    start: int
    end: int
    pcm: Pieces = field(default_factory=Pieces)

    @property
    def is_whole(self) -> bool:
        return self.end - self.start == len(self.pcm) // BYTES_PER_SAMPLE


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
        own_fillers: gives what the club and the speaker count as fillers by now.
        pitches: finds the pitch of the seconds.
        keep: called with the run, how far the bars came and the bars, once a recording has ended.
    """

    def __init__(
        self,
        ring: BarRing,
        vault: AudioVault,
        key: str,
        make_detector: Callable[[], SpeechDetector],
        heard: Heard,
        own_fillers: Callable[[], Sequence[str]],
        pitches: Pitches,
        keep: Keep,
    ) -> None:
        self._ring = ring
        self._vault = vault
        self._key = key
        self._make_detector = make_detector
        self._heard = heard
        self._own_fillers = own_fillers
        self._pitches = pitches
        self._keep = keep
        # A recording runs; what the ring has is of the one before; somebody else has begun anew.
        self._runs = False
        self._anew = False
        self._replaced = False
        self._open: _Open | None = None
        # Until the ring has said that nobody does.
        self._watched = True
        self._pump = Pump[list[_Step]]("meter", self._work, MAX_WAITING)
        self._gathered: list[_Step] = []
        # Bytes of sound in both.
        self._held = 0
        # Recordings that were begun, and those the pump has come to. Where they differ, the vault
        # has nothing any more of the one that is measured.
        self._begun = self._reached = 0

    def begin(self) -> None:
        """A new recording; the vault has forgotten the one before."""
        self._begun += 1
        self._forget_gathered()
        self._pump.put([_Begin()])

    def go_on(self) -> None:
        """A recording that another process or connection began."""
        self._forget_gathered()
        self._pump.put([_GoOn()])

    def push(self, start: int, pcm: bytes) -> None:
        """Samples that the vault keeps. Those that do not fit here are read from there."""
        last = self._gathered[-1] if self._gathered else None
        if not isinstance(last, _Sound) or last.end != start:
            last = _Sound(start, start)
            self._gathered.append(last)
        if last.is_whole and self._held + len(pcm) <= MOST_HELD_BYTES:
            last.pcm.push(pcm)
            self._held += len(pcm)
        last.end += len(pcm) // BYTES_PER_SAMPLE
        # By the sample clock: what words cut short must not leave a second's end waiting.
        together = WATCHED_SAMPLES if self._watched and last.is_whole else SAMPLE_RATE
        if last.end // together > start // together:
            self._flush()

    def hear(self, event: SpeechEvent) -> None:
        """What the captions heard."""
        if not isinstance(event, Hypothesis):
            self._gathered.append(event)
            if self._watched and self._held < MOST_HELD_BYTES // 2:
                self._flush()

    def finish(self, number: int, *, heard_all: bool) -> None:
        """The recording is over, and ``number`` is the run that evaluates it.

        Without ``heard_all`` the captions did not hear it to its end.
        """
        self._gathered.append(_Finish(number, heard_all))
        self._flush()

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
        if self._gathered and not self._pump.put(self._gathered):
            self._let_go(self._gathered)
        self._gathered = []

    def _forget_gathered(self) -> None:
        self._let_go(self._gathered)
        self._gathered = []

    def _let_go(self, steps: list[_Step]) -> None:
        self._held -= sum(len(step.pcm) for step in steps if isinstance(step, _Sound))

    async def _work(self, steps: list[_Step]) -> None:
        for step in steps:
            try:
                await self._take(step)
            except Exception:
                # What follows it is measured all the same.
                log.exception("the meter failed")
        self._let_go(steps)
        if self._open is not None:
            await self._tell(self._open)

    async def _take(self, step: _Step) -> None:
        match step:
            case _Begin():
                self._reached += 1
                self._runs, self._anew, self._replaced = True, True, False
                await self._take_up()
            case _GoOn():
                self._runs, self._replaced = True, False
                await self._take_up()
            case _Sound():
                if self._open is None and self._runs:
                    await self._take_up()
                if self._open is not None:
                    await self._measure(self._open, step)
            case _Finish():
                await self._end(step)
            case _:
                if self._open is not None:
                    self._open.builder.hear(step)

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
        builder = BarBuilder.resume(
            detector, bars, forming, *self._heard(), own_fillers=self._own_fillers
        )
        self._open = _Open(builder, epoch)
        before = max(0, builder.next_sample - WARM_UP_SAMPLES)
        builder.warm_up(await self._read(before, builder.next_sample))
        await self._measure_from_vault(self._open)
        await self._tell(self._open)

    async def _measure(self, current: _Open, sound: _Sound) -> None:
        """Take samples; what is missing before them or behind them is in the vault."""
        builder = current.builder
        if sound.start > builder.next_sample:
            await self._measure_from_vault(current, sound.start)
        known = (builder.next_sample - sound.start) * BYTES_PER_SAMPLE
        # Less than nothing is known where the vault could not be read: so what follows waits there.
        if 0 <= known < len(sound.pcm):
            fresh = sound.pcm.read(known, len(sound.pcm))
            await self._pitch(current, builder.push(fresh, forming=self._watched))
        if not sound.is_whole and sound.end > builder.next_sample:
            await self._measure_from_vault(current, sound.end)

    async def _measure_from_vault(self, current: _Open, until: int | None = None) -> None:
        """Measure what the vault has, at least up to sample ``until``, or all of it.

        More than that, up to the end of a block: what follows will be known already.
        """
        builder = current.builder
        if self._begun != self._reached:
            return
        try:
            async for block in self._vault.read(self._key, builder.next_sample):
                if self._begun != self._reached:
                    return
                await self._pitch(current, builder.push(block, forming=False))
                if until is not None and builder.next_sample >= until:
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

    async def _pitch(self, current: _Open, seconds: list[Second]) -> None:
        for second, found in zip(seconds, await self._pitches.of(seconds), strict=True):
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
            put = await self._ring.put(self._key, current.epoch, list(current.waiting.values()))
        except RingUnavailableError:
            log.warning("the ring of bars does not answer")
            return
        current.waiting.clear()
        self._watched = put.watched
        if not put.kept:
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
        await self._pitch(current, current.builder.finish(heard_all=step.heard_all))
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
