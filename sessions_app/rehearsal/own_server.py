"""A server of one's own: a fresh database in a temporary folder, gone when it stops."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sessions_app.rehearsal import RehearsalError
from sessions_app.rehearsal.output import Output
from speechcoach.env import BASE_DIR

# Demo clubs are seeded before ``serve`` listens, on a busy machine for more than a minute. One that
# ends is noticed at once.
START_SECONDS = 180.0
STOP_SECONDS = 5.0
# What daphne and uvicorn write once whoever connects is taken; LOGGING keeps both lines.
LISTENING = (b"Listening on TCP address", b"Uvicorn running on")

# What would lead this server to somebody's data, or keep it from starting on its own.
_FRESH = {
    "DATABASE_URL": "",
    "BROKER_URL": "",
    "SECRET_KEY": "",
    "DEBUG": "1",
    "DEMO_MODE": "1",
    "HOST": "127.0.0.1",
    "ALLOWED_HOSTS": "127.0.0.1,localhost",
    "ALLOWED_ORIGINS": "",
    "EMAIL_URL": "dummymail://",
    "PYTHONUNBUFFERED": "1",
}


@dataclass(frozen=True, slots=True)
class OwnServer:
    """A server that listens; ``log`` holds what it wrote, once ``output`` has settled."""

    base_url: str
    log: Path
    data: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]
    output: Output


ServerCommand = Callable[[int], list[str]]


def runserver(port: int) -> list[str]:
    """The command line of the development server (daphne)."""
    address = f"127.0.0.1:{port}"
    return [sys.executable, "manage.py", "runserver", "--noreload", address]


@contextlib.contextmanager
def own_server(
    variables: Mapping[str, str],
    command: ServerCommand = runserver,
    prepared: Path | None = None,
    port: int | None = None,
) -> Iterator[OwnServer]:
    """Set up and start a server with the demo clubs; stop it at the end.

    Args:
        variables: environment variables on top of this process's own.
        command: gives the command line for a port.
        prepared: a data folder of ``set_up_data``, to start from a copy of it at once.
        port: where it listens, for whoever must know before; a free one otherwise.

    Raises:
        RehearsalError: it does not start; with the last line that it wrote.
    """
    with TemporaryDirectory(prefix="speechcoach-") as folder:
        data, log = Path(folder), Path(folder, "server.log")
        environment = {**os.environ, **_FRESH, "DATA_DIR": folder, **variables}
        if prepared is None:
            _set_up_data(environment, log)
        else:
            shutil.copytree(prepared, data, dirs_exist_ok=True)
        port = port or free_port()
        with running(command(port), environment, log) as (process, output):
            yield OwnServer(f"http://127.0.0.1:{port}", log, data, environment, process, output)


@contextlib.contextmanager
def running(
    command: list[str], environment: Mapping[str, str], log: Path
) -> Iterator[tuple[subprocess.Popen[bytes], Output]]:
    """A server's process, from when it listens on; stopped at the end.

    Raises:
        RehearsalError: it ends, or does not say in time that it listens.
    """
    process = subprocess.Popen(  # noqa: S603 - our own command line
        command,
        cwd=BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        # A group of its own: it ends by our hand, with its children, not by Ctrl-C.
        start_new_session=True,
    )
    output = Output(process, log)
    try:
        if not output.wait_for(LISTENING, START_SECONDS):
            if output.ended:
                raise RehearsalError(f"The server did not start: {_last_line(log)}")
            raise RehearsalError(f"The server did not listen within {START_SECONDS:g} s.")
        yield process, output
    finally:
        _stop(process)
        output.join()


def set_up_data(folder: Path, **variables: str) -> None:
    """A database with the demo clubs and their people, in an empty folder.

    Args:
        variables: environment variables on top of this process's own; ``DATABASE_URL`` for another
            database than the folder's.

    Raises:
        RehearsalError: it cannot be set up; with the last line that was written.
    """
    environment = {**os.environ, **_FRESH, "DATA_DIR": str(folder), **variables}
    _set_up_data(environment, folder / "server.log")


def _set_up_data(environment: Mapping[str, str], log: Path) -> None:
    _set_up(["migrate"], environment, log)
    _set_up(["seed_demo", "--people"], environment, log)


def _set_up(step: list[str], environment: Mapping[str, str], log: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "manage.py", *step, "--verbosity=0"],
        cwd=BASE_DIR,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        log.write_bytes(done.stdout)
        raise RehearsalError(f"A server could not be set up ({step[0]}): {_last_line(log)}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "it wrote nothing")


def _stop(process: subprocess.Popen[bytes]) -> None:
    _signal(process, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    # Whoever of its children is still there.
    _signal(process, signal.SIGKILL)
    process.wait()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
