"""The whole production stack as processes, of which each may be killed: web, workers, clock, both
Redis; and what its database says."""

import contextlib
import os
import re
import signal
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from evaluations.pipeline import STAGES
from tests.faults.killable import Killable, killable
from tests.stack.breakable_redis import BreakableRedis, breakable_redis
from tests.stack.worker import Process, celery

WORKER = ("worker", "-Q", "evaluate,speak,housekeep", "--concurrency", "2", "--loglevel", "INFO")
BEAT_SECONDS = "0.3"
"""A tenth of what it usually is: who falls silent is found ten times as soon."""


@dataclass
class WholeStack:
    """Workers and clock are started where a test wants them."""

    web: Killable
    broker: BreakableRedis
    audio: BreakableRedis
    database: str

    @property
    def environment(self) -> Mapping[str, str]:
        return self.web.server.environment

    @contextlib.contextmanager
    def worker(self) -> Iterator[Process]:
        # Two on one machine need two names.
        name = ("--hostname", f"{os.urandom(4).hex()}@%h")
        with celery(self.environment, *WORKER, *name) as process:
            yield process

    @contextlib.contextmanager
    def clock(self, folder: Path) -> Iterator[Process]:
        schedule = ("beat", "--schedule", str(folder / "schedule"))
        with celery(self.environment, *schedule) as process:
            yield process

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database) as connection:
            return connection.execute(query).fetchall()

    def check_done_once(self, runs: int = 1) -> None:
        """Every run is ready; of each, every stage was stored once, and is in the bill once."""
        assert self.rows("SELECT status FROM evaluations_run") == [("ready",)] * runs
        stages = self.rows("SELECT stage, count(*) FROM evaluations_stageresult GROUP BY stage")
        assert dict(stages) == {stage.name: runs for stage in STAGES}
        [(evaluations, billed)] = self.rows(
            "SELECT sum(evaluations), sum(cost_usd) FROM clubs_dailyusage"
        )
        [(cost,)] = self.rows("SELECT sum(cost_usd) FROM evaluations_stageresult")
        assert (evaluations, billed) == (runs, cost), (evaluations, billed, runs, cost)


def holder_in(line: str) -> int:
    """The process that a worker's line about the beginning of a run names."""
    found = re.search(r"by=\S*/(\d+)$", line.rstrip())
    assert found is not None, line
    return int(found[1])


def kill_child(line: str) -> None:
    """SIGKILL to whoever wrote that it begins a run."""
    os.kill(holder_in(line), signal.SIGKILL)


@contextlib.contextmanager
def whole_stack(
    database: str,
    script: Iterable[Any],
    variables: Mapping[str, str] | None = None,
    *,
    broker_persists: bool = True,
) -> Iterator[WholeStack]:
    """On ``database``, which has the demo clubs' people."""
    with (
        breakable_redis(persists=broker_persists) as broker,
        breakable_redis() as audio,
        killable(
            script=script,
            AUDIO_MAX_LEAD_SECONDS="1500",
            DATABASE_URL=database,
            REDIS_URL=audio.url,
            BROKER_URL=broker.broker_url,
            RUN_BEAT_SECONDS=BEAT_SECONDS,
            **(variables or {}),
        ) as web,
    ):
        yield WholeStack(web, broker, audio, database)
