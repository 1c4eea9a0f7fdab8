"""The whole production stack for tests: its own PostgreSQL, two Redis, web processes, workers and
clock, as ``make stack`` runs them, on free ports and in a folder that goes with it."""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from speechcoach.stack.local import Place, free_ports, port_names, programs
from speechcoach.stack.process import Supervised
from speechcoach.stack.supervisor import Supervisor
from tests.server import SCRIPT, Address
from tests.stack.own_postgres import own_postgres, url


@dataclass(frozen=True)
class Stack(Address):
    """A running stack, at the address of its balancer. ``stack["web-1"]`` is one of its processes:
    ``kill()``, ``stop()``, ``start()``, ``crash()``, ``pause()``, ``resume()``, ``wait_ready()``.
    """

    place: Place
    supervisor: Supervisor

    def __getitem__(self, name: str) -> Supervised:
        return self.supervisor[name]

    @property
    def environment(self) -> Mapping[str, str]:
        """For a process beside: ``tests.browser.beside.run_beside``."""
        return self.place.environment

    def at(self, name: str) -> Address:
        """One web process itself, past the balancer."""
        return Address(f"http://127.0.0.1:{self.place.ports[name]}")

    def web(self) -> list[Supervised]:
        return [self[name] for name in self.supervisor.names if name.startswith("web-")]

    def written(self) -> str:
        """What all of them wrote."""
        return "\n".join(self[name].written() for name in self.supervisor.names)

    def ready_again(self, name: str) -> None:
        """Start one that was stopped or killed, and wait until it is ready."""
        self[name].start()
        self[name].wait_ready(120)


@contextlib.contextmanager
def whole_stack(
    script: Iterable[tuple[str, float, float] | dict[str, Any]] | None = SCRIPT,
    without: Sequence[str] = (),
    **settings: str,
) -> Iterator[Stack]:
    """Start it; stop it at the end.

    Args:
        script: what the transcription hears (None: the built-in engine).
        without: names of processes that are not started; a test starts them when it wants them.
        settings: environment variables of all processes.
    """
    if shutil.which("redis-server") is None:
        pytest.skip("Redis is not installed")
    # Not below a test's folder: another account has its data in here.
    folder = Path(tempfile.mkdtemp(prefix="speechcoach-stack-"))
    folder.chmod(0o755)
    try:
        names = port_names()
        port, database, *rest = free_ports(2 + len(names))
        nobody = {"OPENAI_API_KEY": "", "OPENAI_BASE_URL": "", "DEEPGRAM_API_KEY": ""}
        told = {
            **nobody,
            "FINAL_TRANSCRIBER": "auto",
            "DEMO_MODE": "true",
            "EMAIL_URL": "dummymail://",
            "AUDIO_MAX_LEAD_SECONDS": "1500",
        }
        if script is not None:
            told["TRANSCRIBER"] = f"scripted:{_written(script, folder / 'script.json')}"
        place = Place(
            folder=folder,
            database=url(database, "postgres"),
            port=port,
            ports=dict(zip(names, rest, strict=True)),
            settings={**told, **settings},
            # Of the demo clubs the people are enough.
            prepare=["--people"],
            database_program=own_postgres(folder / "postgres", database),
        )
        supervisor = Supervisor(programs(place), _nowhere)
        supervisor.start(without)
        try:
            yield Stack(place.origin, place, supervisor)
        finally:
            supervisor.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _nowhere(_name: str, _line: str) -> None:
    """Each process keeps what it writes; a failing test shows what it needs."""


def _written(script: Iterable[tuple[str, float, float] | dict[str, Any]], path: Path) -> Path:
    names = ("text", "start", "end")
    lines = [
        line if isinstance(line, dict) else dict(zip(names, line, strict=True)) for line in script
    ]
    path.write_text(json.dumps(lines))
    return path
