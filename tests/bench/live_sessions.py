"""How many sessions one core holds at the pace of microphones."""

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from typing import Any

from sessions_app.core.audio import BYTES_PER_SECOND
from sessions_app.core.vad import WINDOW_SECONDS
from sessions_app.rehearsal import RehearsalError
from sessions_app.rehearsal.own_server import OwnServer
from tests.bench import audio
from tests.bench.figures import percentiles, rounded
from tests.bench.load import LoadSession, LostError, Operator, framed, operator
from tests.bench.processes import cores, cpu_seconds, pin, raise_file_limit, resident_bytes
from tests.bench.search import Tried, most_held, next_sessions
from tests.bench.server import pinned_server
from tests.bench.vendor import vendor

LATEST_SECONDS = 0.1
"""Held: 99 of 100 statuses come within this time after the chunk that completes them."""
GENERATOR_LATE_SECONDS = 0.02
"""A generator that is later than this measures itself; such a step proves nothing."""
MOST_SESSIONS = 1_500
SLOTS = 50
"""Sessions speak at different moments of the 50 ms: one slot a millisecond."""
OPENING_AT_ONCE = 4
QUIET_SECONDS = 2
"""Of sound in a frame that makes a speech old; a frame may hold 64 KiB."""
OPENING_SECONDS = 30.0
OPENING_SECONDS_EACH = 0.5
"""The server opens sessions while it serves those that speak already."""
AGEING_SHARE = 1 / 300
"""Of a speech's age: so long its past may take to be heard."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long and how closely to search."""

    settle_seconds: float
    measure_seconds: float
    steps: int
    precision: float


def live_sessions(
    kind: str, effort: Effort, *, captions: bool = False, age: int = 0, stock: bool = False
) -> dict[str, Any]:
    """Search the largest number of sessions that one core holds; with ``stock`` not ours.

    With ``captions`` a vendor gives them, whose process shares the generator's core. Each speech is
    ``age`` seconds old when it is measured; of these it was silent, and without captions, because a
    vendor is not sent a speech faster than it can be spoken.
    """
    if captions and age:
        raise ValueError("captions cannot be made old")
    files = raise_file_limit()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    with ExitStack() as stack:
        _, own_core = cores()
        transcription = None
        if captions:
            before = own_core | cores()[0]
            pin(own_core)
            transcription = stack.enter_context(vendor())
            pin(before)
        server = stack.enter_context(
            pinned_server(
                kind,
                captions_seconds=0,
                vault_mib=memory // 2,
                transcription=transcription,
                stock=stock,
            )
        )
        runner = stack.enter_context(asyncio.Runner(loop_factory=_loop_factory()))
        return runner.run(_search(server, effort, min(MOST_SESSIONS, files // 3), age))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop  # noqa: PLC0415 - comes with uvicorn's extras, and is not on every platform
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


async def _search(server: OwnServer, effort: Effort, most: int, age: int) -> dict[str, Any]:
    tried: list[Tried] = []
    steps: list[dict[str, Any]] = []
    async with AsyncExitStack() as stack:
        person = await stack.enter_async_context(operator(server))
        crowd = await stack.enter_async_context(Crowd(person, age))
        while len(steps) < effort.steps:
            wanted = next_sessions(tried, most=most, precision=effort.precision)
            if wanted is None:
                break
            step = await _step(server.process.pid, crowd, wanted, effort)
            steps.append(step)
            tried.append(Tried(wanted, step["held"], step["serverBusy"]))
    best = most_held(tried)
    at_best = next((step for step in steps if step["sessions"] == best), {})
    over = [one.sessions for one in tried if not one.held]
    return {
        "heldSessions": best,
        "notHeldSessions": min(over, default=None),
        "atHeld": {name: value for name, value in at_best.items() if name != "sessions"},
        "steps": steps,
        "audio": audio.minute()[1],
    }


async def _step(pid: int, crowd: "Crowd", sessions: int, effort: Effort) -> dict[str, Any]:
    try:
        each = OPENING_SECONDS_EACH + crowd.age * AGEING_SHARE
        async with asyncio.timeout(max(OPENING_SECONDS, sessions * each)):
            await crowd.become(sessions)
    except (TimeoutError, LostError, RehearsalError, OSError) as error:
        reason = str(error) or "opening took too long"
        return {"sessions": sessions, "held": False, "why": reason, "serverBusy": 1.0}
    await asyncio.sleep(effort.settle_seconds)
    crowd.forget()
    server, own, started = cpu_seconds(pid), time.process_time(), time.monotonic()
    await asyncio.sleep(effort.measure_seconds)
    wall = time.monotonic() - started
    server, own = cpu_seconds(pid) - server, time.process_time() - own
    latencies, late = crowd.latencies(), crowd.lateness
    figures = percentiles(latencies, "Ms", 1e3)
    generator_late = percentiles(late, "", 1.0)["p99"]
    why = _fault(crowd, figures["p99Ms"] / 1e3, generator_late)
    return {
        "sessions": sessions,
        "held": why is None,
        **({"why": why} if why else {}),
        **figures,
        "serverBusy": rounded(server / wall),
        "serverMicrosPerChunk": rounded(server / (wall / WINDOW_SECONDS * sessions) * 1e6),
        "serverMiB": rounded(resident_bytes(pid) / 2**20),
        "generatorBusy": rounded(own / wall),
        "generatorLateP99Ms": rounded(generator_late * 1e3),
    }


def _fault(crowd: "Crowd", latest: float, generator_late: float) -> str | None:
    if lost := [session.lost for session in crowd.sessions if session.lost]:
        return f"{len(lost)} sessions were lost: {lost[0]}"
    if generator_late > GENERATOR_LATE_SECONDS:
        return "the load generator was late itself"
    return "p99 over 100 ms" if latest >= LATEST_SECONDS else None


class Crowd:
    """Sessions that all speak. An async context manager that silences them at the end."""

    def __init__(self, person: Operator, age: int = 0) -> None:
        self.sessions: list[LoadSession] = []
        self.lateness: list[float] = []
        self.age = age
        self._person = person
        quiet = bytes(QUIET_SECONDS * BYTES_PER_SECOND)
        self._past = framed([quiet]) * (age // QUIET_SECONDS)
        self._frames = framed(audio.chunks(60))
        self._pacer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Crowd":
        self._pacer = asyncio.create_task(self._pace(), name="pacer")
        return self

    async def __aexit__(self, *_exc: object) -> None:
        if self._pacer is not None:
            self._pacer.cancel()
            await asyncio.gather(self._pacer, return_exceptions=True)
        await self.become(0)

    async def become(self, count: int) -> None:
        """Open or leave sessions until there are ``count``."""
        held = [session for session in self.sessions if session.lost is None]
        for session in held[count:]:
            session.abandon()
        self.sessions = held[:count]
        opening = asyncio.Semaphore(OPENING_AT_ONCE)

        async def add() -> None:
            async with opening:
                session = await self._person.session()
                await session.age(self._past, QUIET_SECONDS)
                self.sessions.append(session)

        await asyncio.gather(*(add() for _ in range(count - len(self.sessions))))

    def forget(self) -> None:
        """Begin to measure."""
        self.lateness.clear()
        for session in self.sessions:
            session.latencies.clear()

    def latencies(self) -> list[float]:
        """Seconds; a status that is overdue counts with its age, or a stuck server would win."""
        now = time.monotonic()
        came = [value for session in self.sessions for value in session.latencies]
        missing = [age for session in self.sessions for age in session.overdue(now)]
        return came + [age for age in missing if age > LATEST_SECONDS] or [float("inf")]

    async def _pace(self) -> None:
        started, slot = time.monotonic(), 0
        while True:
            due = started + slot * WINDOW_SECONDS / SLOTS
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self.lateness.append(time.monotonic() - due)
            turn, place = divmod(slot, SLOTS)
            for at in range(place, len(self.sessions), SLOTS):
                # Each is at a place of its own in the speech.
                frame = self._frames[(turn + at * 37) % len(self._frames)]
                self.sessions[at].send(frame)
            slot += 1
