"""A speech on the production stack with faults at random moments."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.fakes.openai_server import FakeOpenAI
from tests.faults.whole_speech import SAMPLES, samples_of
from tests.stack import breaking
from tests.stack.breaking import Fault
from tests.stack.once import Mark
from tests.stack.pilot import pilot
from tests.stack.supervised import Stack

ANYWHERE: Final[tuple[Fault, ...]] = (
    breaking.kill_web,
    breaking.deploy_web,
    breaking.kill_evaluator,
    breaking.kill_speaker,
    breaking.kill_children,
    breaking.restart_broker,
    breaking.pause_redis,
    breaking.restart_database,
    breaking.fill_disk,
)
# Sound lives in it, until it is a transcript.
ONCE_HEARD: Final[tuple[Fault, ...]] = (breaking.restart_shared_memory,)
OF_WORKERS: Final = {
    breaking.kill_evaluator.__name__,
    breaking.kill_speaker.__name__,
    breaking.kill_children.__name__,
}
SPEAKING: Final = "speaking"
HEARD: Final = ("generating_evaluation", "ready", "delivering", "resting")
MOMENTS: Final = ("fresh", "agreed", SPEAKING, SPEAKING, SPEAKING, "stopped", *HEARD)
MOST_RECOVERY_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Blow:
    """A fault at a moment of a speech; while it is spoken, at this share of it."""

    fault: Fault
    moment: str
    share: float = 0.0

    def __str__(self) -> str:
        where = f"{self.share:.0%} spoken" if self.moment == SPEAKING else self.moment
        return f"{self.fault.__name__} when {where}"


def blows_of(seed: int, number: int) -> list[Blow]:
    """One or two, in the order of their moments."""
    rng = random.Random(f"{seed} {number}")
    blows = []
    for _ in range(rng.choice([1, 2, 2])):
        fault = rng.choice([*ANYWHERE, *ONCE_HEARD])
        moment = rng.choice(HEARD if fault in ONCE_HEARD else MOMENTS)
        blows.append(Blow(fault, moment, rng.random()))
    return sorted(blows, key=lambda blow: (MOMENTS.index(blow.moment), blow.share))


@dataclass
class Round:
    """What became of one speech."""

    blows: Sequence[Blow]
    seconds: float = 0.0
    recovery_seconds: float | None = None
    wrong: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        how = "WRONG" if self.wrong else "whole"
        took = f"{self.seconds:5.1f} s"
        if self.recovery_seconds is not None:
            took += f", ready {self.recovery_seconds:.1f} s after a worker's death"
        lines = [f"{how} in {took}: {', then '.join(map(str, self.blows))}"]
        lines += [f"    the operator was told: {sentence}" for sentence in self.told]
        return "\n".join([*lines, *(f"    {line}" for line in self.wrong)])


class Striking:
    """Deals the blows of a round, one after the other, each beside what goes on."""

    def __init__(self, stack: Stack, blows: Sequence[Blow]) -> None:
        self._stack = stack
        self._left = list(blows)
        self._running: asyncio.Task[None] | None = None
        self.died_at: float | None = None

    async def at(self, moment: str, share: float = 1.0) -> None:
        while self._left and self._left[0].moment == moment and self._left[0].share <= share:
            await self.over()
            blow = self._left.pop(0)
            if blow.fault.__name__ in OF_WORKERS:
                self.died_at = time.monotonic()
            self._running = asyncio.create_task(blow.fault(self._stack))
            # It has begun before anything else goes on.
            await asyncio.sleep(0)

    async def over(self) -> None:
        if self._running is not None:
            await self._running
            self._running = None


async def play(stack: Stack, vendor: FakeOpenAI, blows: Sequence[Blow], seed: int) -> Round:
    """One speech from consent to saved files; ``vendor`` drafts and speaks its evaluation."""
    played, striking = Round(blows), Striking(stack, blows)
    mark = Mark.of(stack, vendor)
    started = time.monotonic()
    async with pilot(stack, samples_of(seed)) as page:
        try:
            await striking.at("fresh")
            await page.set_up()
            await striking.at("agreed")
            await page.begin()
            for share in [blow.share for blow in blows if blow.moment == SPEAKING]:
                await page.speak_to(max(1, int(share * SAMPLES)))
                await striking.at(SPEAKING, share)
            await page.speak_to(SAMPLES)
            await page.end()
            await striking.at("stopped")
            await page.reach_stage("generating_evaluation", "synthesizing_audio", "ready")
            await striking.at("generating_evaluation")
            await page.reach_stage("ready")
            if striking.died_at is not None:
                played.recovery_seconds = time.monotonic() - striking.died_at
            await striking.at("ready")
            await page.deliver()
            await striking.at("delivering")
            await page.rest()
            await striking.at("resting")
            await page.save()
        finally:
            await striking.over()
        played.wrong = mark.wrong(page)
        played.told = sorted({error["message"] for error in page.received.of("error")})
    played.seconds = time.monotonic() - started
    return played
