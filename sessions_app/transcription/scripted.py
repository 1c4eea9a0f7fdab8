"""Transcription that follows a script by the sample clock: for tests and demonstrations.

The same script can make the sound of a test, so that audio and transcript agree.
"""

import asyncio
import fcntl
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from evaluations.billing import Bill
from evaluations.core.shapes import AudioFormat, Segment, Transcript, Word
from sessions_app.core.audio import BYTES_PER_SAMPLE, SAMPLE_RATE
from sessions_app.transcription import (
    Heard,
    Hypothesis,
    LiveTranscript,
    SpeechEvent,
    StreamStatus,
    TranscriberContext,
    Utterance,
)

NAME = "scripted"


@dataclass(frozen=True, slots=True)
class Line:
    """``text`` is spoken from ``start`` to ``end`` (seconds), its words evenly."""

    text: str
    start: float
    end: float
    confidence: float = 0.95

    @property
    def words(self) -> tuple[Word, ...]:
        texts = self.text.split()
        step = (self.end - self.start) / max(1, len(texts))
        return tuple(
            Word(
                word=text,
                start_time=round(self.start + at * step, 3),
                end_time=round(self.start + (at + 1) * step, 3),
                confidence=self.confidence,
            )
            for at, text in enumerate(texts)
        )

    def segment(self, words: int | None = None) -> Segment:
        """The whole line, or its first ``words`` words as a hypothesis."""
        said = self.words[:words]
        return Segment(
            text=" ".join(word.word for word in said),
            start_time=self.start,
            end_time=said[-1].end_time if said else self.end,
            words=said,
            is_final=words is None,
        )


@dataclass(frozen=True, slots=True)
class Trouble:
    """The engine is lost, comes back or gives up at ``at`` seconds."""

    at: float
    status: StreamStatus


@dataclass(frozen=True, slots=True)
class Digest:
    """The final transcript ends with the SHA-256 of the PCM that the final pass was given."""


@dataclass(frozen=True, slots=True)
class Hold:
    """The final pass begins when nobody locks (``flock``) the file at ``path``."""

    path: Path

    def wait(self) -> None:
        """Block until the file is free. Raises OSError when there is none."""
        with self.path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH)


Entry = Line | Trouble | Digest | Hold
Script = Sequence[Entry]


def load_script(path: Path) -> Script:
    """The script in a JSON file.

    Its entries: ``{"text", "start", "end"}``, ``{"at", "status"}``, ``{"digest": true}``,
    ``{"held_by": path}``.

    Raises:
        TypeError: an entry is none of these.
    """
    return [_entry(fields) for fields in json.loads(path.read_text())]


def _entry(fields: dict[str, Any]) -> Entry:
    if fields == {"digest": True}:
        return Digest()
    if "held_by" in fields:
        return Hold(Path(fields["held_by"]))
    if "status" in fields:
        return Trouble(fields["at"], StreamStatus(fields["status"]))
    return Line(**fields)


def timeline(script: Script) -> list[tuple[int, SpeechEvent]]:
    """What happens at which sample: a hypothesis at each word's end, then utterance and mark."""
    events: list[tuple[int, SpeechEvent]] = []
    for entry in script:
        if isinstance(entry, Trouble):
            events.append((_sample(entry.at), entry.status))
        if not isinstance(entry, Line):
            continue
        for count, word in enumerate(entry.words, 1):
            events.append((_sample(word.end_time), Hypothesis(entry.segment(count))))
        end = _sample(entry.end)
        events += [(end, Utterance(entry.segment())), (end, Heard(end))]
    return sorted(events, key=lambda event: event[0])


def heard(script: Script, samples: int) -> tuple[Segment, ...]:
    """The final segments of a speech of ``samples`` samples; a line cut off keeps its words."""
    segments: list[Segment] = []
    for line in sorted((e for e in script if isinstance(e, Line)), key=lambda line: line.end):
        count = sum(_sample(word.end_time) <= samples for word in line.words)
        if count:
            segments.append(line.segment(count).model_copy(update={"is_final": True}))
    return tuple(segments)


def _ends_after(entry: Entry, sample: int) -> bool:
    match entry:
        case Line(end=end) | Trouble(at=end):
            return _sample(end) > sample
        case Digest() | Hold():
            return False


def _sample(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)


class ScriptedStream:
    """A ``TranscriptStream`` whose events depend on nothing but how many samples were pushed."""

    def __init__(self, script: Script, start_sample: int = 0) -> None:
        self._script = [entry for entry in script if _ends_after(entry, start_sample)]
        self._timeline = timeline(self._script)
        self._next = 0
        self._pushed = start_sample
        self._events: asyncio.Queue[SpeechEvent | None] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._events.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[SpeechEvent]:
        while (event := await self._events.get()) is not None:
            yield event

    def push(self, pcm: bytes) -> None:
        """See ``TranscriptStream.push``."""
        self._pushed += len(pcm) // BYTES_PER_SAMPLE
        while self._next < len(self._timeline) and self._timeline[self._next][0] <= self._pushed:
            self._events.put_nowait(self._timeline[self._next][1])
            self._next += 1

    async def finish(self) -> None:
        """See ``TranscriptStream.finish``. A line cut off keeps the words that were heard."""
        whole = sum(isinstance(event, Utterance) for _, event in self._timeline[: self._next])
        for segment in heard(self._script, self._pushed)[whole:]:
            self._events.put_nowait(Utterance(segment))
        self._events.put_nowait(Heard(self._pushed))
        self._events.put_nowait(None)


class ScriptedTranscriber:
    """A ``Transcriber`` that hears the script, whatever is said."""

    name = NAME

    def __init__(self, script: Script) -> None:
        self._script = script

    def stream(self, fmt: AudioFormat, context: TranscriberContext) -> ScriptedStream:
        """See ``Transcriber.stream``."""
        return ScriptedStream(self._script, context.start_sample)


class ScriptedFinalTranscriber:
    """A ``FinalTranscriber`` that hears as much of the script as there is audio."""

    name = NAME

    def __init__(self, script: Script) -> None:
        self._script = script

    async def transcribe(
        self,
        audio: AsyncIterator[bytes],
        context: TranscriberContext,
        live: LiveTranscript,
        bill: Bill | None = None,
    ) -> Transcript:
        """See ``FinalTranscriber.transcribe``."""
        for entry in self._script:
            if isinstance(entry, Hold):
                await asyncio.to_thread(entry.wait)
        samples = 0
        digest = hashlib.sha256()
        async for block in audio:
            samples += len(block) // BYTES_PER_SAMPLE
            digest.update(block)
        segments = heard(self._script, samples)
        if Digest() in self._script:
            end = samples / SAMPLE_RATE
            text = f"sha256 {digest.hexdigest()}"
            last = Segment(text=text, start_time=end, end_time=end, is_final=True)
            segments = (*segments, last)
        return Transcript(segments=segments)
