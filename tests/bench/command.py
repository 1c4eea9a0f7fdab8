"""Run the measures, print a table, write the result."""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench import audio, report
from tests.bench.analysis import analysis
from tests.bench.charts import charts
from tests.bench.charts import missing as no_browser
from tests.bench.chunk_path import chunk_path
from tests.bench.club_pages import club_pages
from tests.bench.coach import coach
from tests.bench.coach import missing as no_coach
from tests.bench.live_sessions import Effort, live_sessions
from tests.bench.machine import machine
from tests.bench.own_database import no_postgres, postgres_url
from tests.bench.purge import purge
from tests.bench.server import COMMANDS
from tests.bench.stop_to_ready import stop_to_ready
from tests.bench.surroundings import surroundings
from tests.bench.vaults import memory_vault, redis_url, redis_vault
from tests.bench.watchers import watchers

LATEST = Path("bench/latest.json")
QUICK = Effort(settle_seconds=2, measure_seconds=4, steps=4, precision=0.25)
FULL = Effort(settle_seconds=4, measure_seconds=8, steps=10, precision=0.05)

CROWDS = (
    ("withCaptions", True, 0),
    ("withoutCaptions", False, 0),
    ("twentyMinutesOld", False, 20 * 60),
)


@dataclass(frozen=True, slots=True)
class Measure:
    """``missing`` is why this machine cannot take it."""

    name: str
    take: Callable[[], dict[str, Any]]
    missing: str | None = None


def measures(*, full: bool) -> list[Measure]:
    """What is measured, in order: first what needs a moment, last what needs a crowd."""
    seconds = 24 * 60 if full else 120
    paced = 20 if full else 8
    voice = None if audio.has_voice() else "flite is not installed"
    redis = redis_url()
    no_redis = None if redis else "no Redis answers on REDIS_URL or 127.0.0.1:6379"
    return [
        Measure("machine", machine),
        Measure("analysis.25min", partial(analysis, 25)),
        Measure("charts", charts, no_browser()),
        Measure("coach", partial(coach, 64 if full else 12), no_coach()),
        Measure("vault.memory", partial(memory_vault, seconds)),
        Measure("vault.redis", partial(redis_vault, seconds, redis or ""), no_redis),
        Measure("clubPages.sqlite", partial(club_pages, "")),
        Measure("clubPages.postgres", partial(club_pages, postgres_url() or ""), no_postgres()),
        Measure("purge.sqlite", partial(purge, "")),
        Measure("purge.postgres", partial(purge, postgres_url() or ""), no_postgres()),
        *(
            Measure(f"chunkPath.{kind}", partial(chunk_path, kind, paced_seconds=paced))
            for kind in COMMANDS
        ),
        Measure(
            "chunkPath.uvicorn.redis",
            partial(chunk_path, "uvicorn", paced_seconds=paced, redis=redis or ""),
            no_redis,
        ),
        *(
            Measure(
                f"watchers.{kind}.{'stack' if stack else 'embedded'}",
                partial(watchers, kind, 60 if full else 15, stack=stack),
                no_redis if stack else None,
            )
            for kind in COMMANDS
            for stack in (False, True)
        ),
        *(
            Measure(f"stopToReady.{minutes}min", partial(stop_to_ready, minutes), voice)
            for minutes in ((1, 7, 25) if full else (1,))
        ),
        *(
            Measure(
                f"liveSessions.{kind}.{name}",
                partial(live_sessions, kind, FULL if full else QUICK, captions=captions, age=age),
            )
            for kind in COMMANDS
            for name, captions, age in (CROWDS if full else CROWDS[:1])
        ),
        *(
            Measure(
                f"liveSessions.{kind}.stock",
                partial(live_sessions, kind, FULL if full else QUICK, stock=True),
            )
            for kind in COMMANDS
        ),
    ]


def run(wanted: list[str], *, full: bool) -> dict[str, Any]:
    """Take the measures whose names begin with one of ``wanted`` (all, when there are none)."""
    result: dict[str, Any] = {"mode": "full" if full else "quick", **surroundings()}
    result |= {"measures": {}, "leftOut": {}}
    for measure in measures(full=full):
        if wanted and not any(measure.name.startswith(prefix) for prefix in wanted):
            continue
        if measure.missing:
            result["leftOut"][measure.name] = measure.missing
            continue
        print(f"{measure.name} ...", end=" ", file=sys.stderr, flush=True)
        started = time.monotonic()
        result["measures"][measure.name] = measure.take()
        print(f"{time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="take all measures, and longer")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NAME", help="those whose names begin like this"
    )
    parser.add_argument("--out", type=Path, default=LATEST, help=f"default: {LATEST}")
    parser.add_argument(
        "--compare", nargs=2, type=Path, metavar=("A.json", "B.json"), help="measure nothing"
    )
    given = parser.parse_args()
    if given.compare:
        print(report.comparison(*map(report.load, given.compare)))
        return
    result = run(given.only, full=given.full)
    report.save(given.out, result)
    print(report.table(result))
