"""Runs of the pipeline for tests: a recording, its words, a voice, and how to carry a run."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import numpy as np

from evaluations import runner
from evaluations.billing import Bill
from evaluations.core.shapes import Transcript
from evaluations.evaluator.builtin import BuiltinEvaluator
from evaluations.models import Run
from evaluations.pipeline import Engines, Recording
from sessions_app.transcription.scripted import Line
from speechcoach.errors import ProviderError

LINES = (
    Line("How many of you have missed the last train home", 0.5, 4.0),
    Line("I missed it on a cold night in March with one shoe in my hand", 5.0, 9.5),
    Line("I could run and I could shout and I could sit down and laugh", 11.5, 16.0),
    Line("That night I learned to sit down and laugh at the empty track", 17.0, 21.5),
    Line("So the next time you miss your train sit down and laugh", 23.0, 27.0),
)


@dataclass
class ScriptSource:
    """A recording of a hum, and the words that are said to be in it."""

    lines: tuple[Line, ...] = LINES
    calls: list[str] = field(default_factory=list)
    error: ProviderError | None = None

    async def transcribe(self, recording: Recording, bill: Bill) -> tuple[Transcript, str]:
        self.calls.append("transcribe")
        if self.error is not None:
            raise self.error
        return Transcript(segments=tuple(line.segment() for line in self.lines)), "scripted"

    async def audio(self, recording: Recording) -> AsyncIterator[bytes]:
        time = np.arange(recording.samples) / 16_000
        yield (8000 * np.sin(2 * np.pi * 160 * time)).astype("<i2").tobytes()


@dataclass
class HumSynthesizer:
    """Speaks at its rate, in a hum."""

    name: str = "hum"
    sample_rate: int = 16_000
    words_per_minute: float = 150
    slower_than_promised: float = 1.0
    error: ProviderError | None = None
    said: list[str] = field(default_factory=list)

    async def synthesize(self, script: str, bill: Bill | None = None) -> AsyncIterator[bytes]:
        if self.error is not None:
            raise self.error
        self.said.append(script)
        seconds = len(script.split()) / self.words_per_minute * 60 * self.slower_than_promised
        yield np.zeros(round(seconds * self.sample_rate), dtype="<i2").tobytes()


def engines(**changes: object) -> Engines:
    builtin = BuiltinEvaluator()
    made = Engines(
        source=ScriptSource(), evaluator=builtin, floor=builtin, synthesizer=HumSynthesizer()
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def carry(run: Run, with_engines: Engines) -> Run:
    claimed = runner.begin(run.club, str(run.speech_id), run.number)
    assert claimed is not None
    runner.advance(claimed, with_engines)
    run.refresh_from_db()
    return run
