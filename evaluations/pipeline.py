"""The stages of an evaluation, in order. Nothing else decides order.

A stage takes what earlier stages gave and gives a shape, which is stored before the next begins; a
second attempt goes on where the first stopped. Stages reach the outside only through ``Engines``.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import numpy as np

from evaluations.billing import Bill
from evaluations.core import rendering, summary
from evaluations.core.metrics import Metrics, measure
from evaluations.core.script import FittedScript, fit
from evaluations.core.series import AudioSeries, SeriesBuilder
from evaluations.core.shapes import (
    Brief,
    Evaluation,
    MeetingFacts,
    RoleResult,
    Segment,
    Shape,
    Transcript,
)
from evaluations.core.stages import ShownStage
from evaluations.drafting import Drafted, Drafting, Speech
from evaluations.evaluator import Evaluator
from evaluations.roles import RoleFacts
from evaluations.roles.registry import reports
from evaluations.speaking import speak
from evaluations.speech import Synthesizer
from speechcoach.clock import MONOTONIC, Clock

EVALUATION_SECONDS = 45.0
"""From Stop; past it the built-in evaluator speaks in place of one that has not answered."""

NOTES = "notes.txt"

_S = TypeVar("_S", bound=Shape)


class TooShortError(Exception):
    """There is a transcript, but too little of it to evaluate."""


class LiveTranscriptShape(Shape):
    """What the live transcription left behind (see ``sessions_app.transcription``)."""

    segments: tuple[Segment, ...] = ()
    complete_samples: int = 0
    engine: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """Which recording a run is about."""

    club_id: int
    speech_id: str
    samples: int
    live: LiveTranscriptShape
    key_terms: tuple[str, ...] = ()


class SpeechSource(Protocol):
    """Where a recording is read, and transcribed for good."""

    async def transcribe(self, recording: Recording, bill: Bill) -> tuple[Transcript, str]:
        """Give the final transcript and the engine's name. What a vendor asks for it is billed.

        Raises:
            speechcoach.errors.ProviderError: no engine could transcribe it, or it is gone.
        """
        ...

    def audio(self, recording: Recording) -> AsyncIterator[bytes]:
        """Yield the recording as PCM16LE mono 16 kHz, in blocks of even length."""
        ...


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines of one deployment."""

    source: SpeechSource
    evaluator: Evaluator
    floor: Evaluator
    """Speaks where the evaluator fails or is late, and fills up what does not stand the checks; its
    own remarks stand them by construction."""
    synthesizer: Synthesizer
    spare_voice: Synthesizer | None = None
    """Speaks the whole script where the synthesizer fails."""
    clock: Clock = MONOTONIC


class RoleReports(Shape):
    """What the active roles report; a role that failed is missing."""

    results: tuple[RoleResult, ...]


class Spoken(Shape):
    """The sound of a script; the bytes lie beside it."""

    content_type: str
    extension: str
    seconds: float


class RenderedFile(Shape):
    name: str
    content_type: str
    text: str


class Files(Shape):
    files: tuple[RenderedFile, ...]


class RunRequest(Shape):
    """All that a run is asked, as it is stored with it.

    ``keep``: it is saved for the club as soon as it is ready, without being asked for.
    """

    brief: Brief
    live: LiveTranscriptShape
    key_terms: tuple[str, ...] = ()
    context_files: tuple[RenderedFile, ...] = ()
    meeting: MeetingFacts = MeetingFacts()
    keep: bool = False
    own_fillers: tuple[str, ...] = ()
    """What the club and the speaker count as fillers besides."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a stage gave, and which engine gave it."""

    result: Shape
    engine: str = "core"
    audio: bytes | None = None


@dataclass(slots=True)
class Work:
    """A run in progress: its input, and what its stages gave so far."""

    recording: Recording
    brief: Brief
    context_files: tuple[RenderedFile, ...] = ()
    meeting: MeetingFacts = field(default_factory=MeetingFacts)
    own_fillers: tuple[str, ...] = ()
    results: dict[str, Shape] = field(default_factory=dict)
    engines: dict[str, str] = field(default_factory=dict)
    spoken_audio: bytes | None = None
    deadline: float = math.inf
    """On the engines' clock: until then vendors may draft."""
    bill: Bill = field(default_factory=Bill)
    """Of the stage that runs."""
    series: AudioSeries | None = None
    """Not stored: a second attempt follows the audio again."""

    @property
    def transcript(self) -> Transcript:
        return self._given("transcript", Transcript)

    @property
    def metrics(self) -> Metrics:
        return self._given("metrics", Metrics)

    @property
    def scripted(self) -> FittedScript:
        return self._given("script", FittedScript)

    def evaluation(self, stage: str) -> Evaluation:
        """The evaluation as ``stage`` left it."""
        return self._given(stage, Evaluation)

    def _given(self, stage: str, shape: type[_S]) -> _S:
        result = self.results[stage]
        if not isinstance(result, shape):
            raise TypeError(f"stage {stage} gave a {type(result).__name__}")
        return result


async def _transcribe(work: Work, engines: Engines) -> Outcome:
    """Transcribe, and follow level and pitch meanwhile: both need all of the audio."""
    (transcript, engine), series = await asyncio.gather(
        engines.source.transcribe(work.recording, work.bill),
        _series(work.recording, engines.source),
    )
    work.series = series
    return Outcome(transcript, engine)


async def _series(recording: Recording, source: SpeechSource) -> AudioSeries:
    builder = SeriesBuilder()
    async for block in source.audio(recording):
        await asyncio.to_thread(builder.push, np.frombuffer(block, dtype="<i2"))
    return builder.finish()


async def _measure(work: Work, engines: Engines) -> Outcome:
    series = work.series or await _series(work.recording, engines.source)
    given = (work.transcript, series, work.engines, work.own_fillers)
    return Outcome(await asyncio.to_thread(measure, *given))


async def _draft(work: Work, engines: Engines) -> Outcome:
    if summary.form_of(work.transcript) == "none":
        raise TooShortError
    return _outcome(await _drafting(work, engines).draft())


async def _check_evidence(work: Work, engines: Engines) -> Outcome:
    return _outcome(await _drafting(work, engines).ground(_drafted(work)))


async def _check_tone(work: Work, engines: Engines) -> Outcome:
    grounded = work.evaluation("evidence")
    return _outcome(await _drafting(work, engines).temper(grounded, _drafted(work)))


def _drafted(work: Work) -> Drafted:
    return Drafted(work.evaluation("draft"), work.engines["draft"])


def _drafting(work: Work, engines: Engines) -> Drafting:
    return Drafting(
        Speech(work.brief, work.transcript, work.metrics),
        engines.evaluator,
        engines.floor,
        work.deadline,
        work.bill,
        engines.clock,
    )


def _outcome(drafted: Drafted) -> Outcome:
    return Outcome(drafted.evaluation, drafted.engine)


async def _write_script(work: Work, engines: Engines) -> Outcome:
    limit, rate = work.brief.time_limit_seconds, engines.synthesizer.words_per_minute
    return Outcome(fit(work.evaluation("tone"), limit, rate))


async def _report(work: Work, _engines: Engines) -> Outcome:
    facts = RoleFacts(work.brief, work.transcript, work.metrics, work.meeting)
    results = await asyncio.to_thread(reports, work.brief.roles, facts)
    return Outcome(RoleReports(results=results))


async def _speak(work: Work, engines: Engines) -> Outcome:
    """Speak the script; what had to be cut for it is cut in the script too."""
    said = await speak(
        work.scripted,
        work.brief.time_limit_seconds,
        engines.synthesizer,
        engines.spare_voice or engines.synthesizer,
        work.bill,
        engines.clock,
    )
    work.results["script"] = said.scripted
    if said.sound is None:
        return Outcome(Spoken(content_type="", extension="", seconds=0), said.engine)
    spoken = Spoken(
        content_type=said.sound.media_type,
        extension=said.sound.extension,
        seconds=round(said.sound.duration_seconds, 3),
    )
    return Outcome(spoken, said.engine, said.sound.content)


async def _render(work: Work, _engines: Engines) -> Outcome:
    return Outcome(render(work))


def render(work: Work) -> Files:
    """The text files of a run, from what its stages gave so far."""
    files = [
        *work.context_files,
        RenderedFile(
            name="transcript.txt",
            content_type="text/plain; charset=utf-8",
            text=rendering.transcript_text(work.transcript),
        ),
        RenderedFile(
            name="metrics.json",
            content_type="application/json",
            text=work.metrics.model_dump_json(by_alias=True, indent=2),
        ),
    ]
    if "script" in work.results:
        files.append(
            RenderedFile(
                name="evaluation.txt",
                content_type="text/plain; charset=utf-8",
                text=rendering.evaluation_text(work.scripted.evaluation, work.scripted.script),
            )
        )
    if notes := notes_file(work.brief.notes):
        files.append(notes)
    given = work.results.get("roles")
    if isinstance(given, RoleReports) and given.results:
        files.append(
            RenderedFile(
                name="role_reports.txt",
                content_type="text/plain; charset=utf-8",
                text=rendering.role_reports_text(given.results),
            )
        )
    return Files(files=tuple(files))


def notes_file(notes: str) -> RenderedFile | None:
    """The file of what the operator noted; None where nothing was."""
    text = rendering.notes_text(notes)
    if not text:
        return None
    return RenderedFile(name=NOTES, content_type="text/plain; charset=utf-8", text=text)


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: its name in the row, what people see meanwhile, the shape it gives."""

    name: str
    shown: ShownStage
    run: Callable[[Work, Engines], Awaitable[Outcome]]
    shape: type[Shape]


STAGES: tuple[Stage, ...] = (
    Stage("transcript", ShownStage.PROCESSING_SPEECH, _transcribe, Transcript),
    Stage("metrics", ShownStage.PROCESSING_SPEECH, _measure, Metrics),
    Stage("draft", ShownStage.GENERATING_EVALUATION, _draft, Evaluation),
    Stage("evidence", ShownStage.GENERATING_EVALUATION, _check_evidence, Evaluation),
    Stage("tone", ShownStage.GENERATING_EVALUATION, _check_tone, Evaluation),
    Stage("script", ShownStage.GENERATING_EVALUATION, _write_script, FittedScript),
    Stage("roles", ShownStage.GENERATING_EVALUATION, _report, RoleReports),
    Stage("speech", ShownStage.SYNTHESIZING_AUDIO, _speak, Spoken),
    Stage("outputs", ShownStage.SYNTHESIZING_AUDIO, _render, Files),
)
