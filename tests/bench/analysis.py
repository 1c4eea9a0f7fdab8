"""The final analysis of a long speech: what it costs, and what other sessions feel of it."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from evaluations.billing import Bill
from evaluations.core.shapes import Brief, Segment, Transcript, Word
from evaluations.evaluator.builtin import BuiltinEvaluator
from evaluations.pipeline import STAGES, Engines, LiveTranscriptShape, Recording, Work
from evaluations.roles.registry import role_ids
from evaluations.speech.builtin.espeak_process import EspeakSynthesizer
from speechcoach.collection import spare_what_is_there
from tests.bench import audio
from tests.bench.figures import percentiles, rounded

BLOCK_SECONDS = 10
TICK_SECONDS = 0.01
WORDS_PER_MINUTE = 140


class Heard:
    """A speech of which every word is known already: recognising them is the transcriber's."""

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        self.minute = audio.minute()[0]
        # Before the loop ticks: making it is nobody's work but the measure's.
        self.words = transcript(minutes)

    async def transcribe(self, recording: Recording, bill: Bill) -> tuple[Transcript, str]:
        return self.words, "script"

    async def audio(self, recording: Recording) -> AsyncIterator[bytes]:
        block = BLOCK_SECONDS * 16_000
        for _ in range(self.minutes):
            for at in range(0, len(self.minute), block):
                yield self.minute[at : at + block].tobytes()


def transcript(minutes: int) -> Transcript:
    """``audio.SPEECH`` again and again, a sentence to a segment, at an even pace."""
    step = 60 / WORDS_PER_MINUTE
    spoken = [sentence.strip() + "." for sentence in audio.SPEECH.split(".") if sentence.strip()]
    segments: list[Segment] = []
    clock = 0.0
    while clock < minutes * 60 - 10:
        texts = spoken[len(segments) % len(spoken)].split()
        words = tuple(
            Word(
                word=text,
                start_time=clock + at * step,
                end_time=clock + (at + 0.9) * step,
                confidence=0.95,
            )
            for at, text in enumerate(texts)
        )
        segments.append(
            Segment(
                text=" ".join(texts),
                start_time=words[0].start_time,
                end_time=words[-1].end_time,
                words=words,
                is_final=True,
            )
        )
        clock = words[-1].end_time + 0.6
    return Transcript(segments=tuple(segments))


def analysis(minutes: int) -> dict[str, Any]:
    """All stages but the recognition of the words, on a loop that ticks for others meanwhile."""
    return asyncio.run(_analysed(Heard(minutes)))


async def _analysed(source: Heard) -> dict[str, Any]:
    builtin, minutes = BuiltinEvaluator(), source.minutes
    # As the server does.
    spare_what_is_there()
    engines = Engines(
        source=source, evaluator=builtin, floor=builtin, synthesizer=EspeakSynthesizer()
    )
    work = Work(
        recording=Recording(
            club_id=0, speech_id="", samples=minutes * 60 * 16_000, live=LiveTranscriptShape()
        ),
        brief=Brief(speaker_name="Ada Lovelace", roles=role_ids()),
    )
    slips: list[float] = []
    ticking = asyncio.create_task(_tick(slips))
    took: dict[str, float] = {}
    began, busy = time.monotonic(), time.process_time()
    for stage in STAGES:
        before = time.monotonic()
        outcome = await stage.run(work, engines)
        work.results[stage.name], work.engines[stage.name] = outcome.result, outcome.engine
        took[stage.name] = rounded(time.monotonic() - before)
    seconds, processor = time.monotonic() - began, time.process_time() - busy
    ticking.cancel()
    length = minutes * 60
    return {
        "speechMinutes": minutes,
        "seconds": rounded(seconds),
        "processorSeconds": rounded(processor),
        "shareOfRealTime": rounded(processor / length),
        "stageSeconds": took,
        "tickSlip": {**percentiles(slips, "Ms", 1e3), "worstMs": rounded(max(slips) * 1e3)},
    }


async def _tick(slips: list[float]) -> None:
    """What a session beside it does: be woken at its time, or find out how late."""
    while True:
        before = time.monotonic()
        await asyncio.sleep(TICK_SECONDS)
        slips.append(time.monotonic() - before - TICK_SECONDS)
