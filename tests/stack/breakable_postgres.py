"""A PostgreSQL of a test's own, which may be stopped, killed and started again."""

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.stack.postgres import copy_template

USER = "postgres"


class BreakablePostgres:
    """``url`` stays good. What was committed is there after each start."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        # The server refuses to run as root.
        self._as = ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups"]
        if os.geteuid():
            self._as = []
        else:
            shutil.chown(folder, USER, USER)
        self._port = _free_port()
        self.url = f"postgresql://{USER}@127.0.0.1:{self._port}/{USER}"
        self._run("initdb", "--auth", "trust", "--username", USER, "--no-sync")
        self.start()
        copy_template(programs, self.url)

    def start(self) -> None:
        """Returns when it takes connections."""
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -k {self._folder}"
        self._run("pg_ctl", "start", "--wait", "--silent", "-o", options, "-l", "log")

    def stop(self) -> None:
        """At once, as if the power had failed."""
        self._run("pg_ctl", "stop", "--mode", "immediate", "--silent")

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.start()

    def _run(self, program: str, *options: str) -> None:
        subprocess.run(
            [*self._as, str(self._programs / program), "-D", "data", *options],
            cwd=self._folder,
            check=True,
            stdin=subprocess.DEVNULL,
            # Not a pipe: the server that `pg_ctl` leaves behind would hold it open.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@contextlib.contextmanager
def breakable_postgres() -> Iterator[BreakablePostgres]:
    """A cluster of its own. Skips where PostgreSQL is not installed."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = programs[-1] if programs else shutil.which("initdb")
    if found is None:
        pytest.skip("PostgreSQL's server programs are not installed")
    folder = Path(mkdtemp(prefix="speechcoach-postgres-"))
    try:
        running = BreakablePostgres(Path(found).parent, folder)
        try:
            yield running
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):
                running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
