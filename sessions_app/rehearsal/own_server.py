"""A server of one's own: a fresh database in a temporary folder, gone when it stops."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from sessions_app.rehearsal import RehearsalError
from speechcoach.env import BASE_DIR

START_SECONDS = 60.0
STOP_SECONDS = 5.0
POLL_SECONDS = 0.05

# What would lead this server to somebody's data, or keep it from starting on its own.
_FRESH = {
    "DATABASE_URL": "",
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
    """A server that answers; ``log`` holds all that it wrote."""

    base_url: str
    log: Path
    data: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]


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
) -> Iterator[OwnServer]:
    """Set up and start a server with the demo clubs; stop it at the end.

    Args:
        variables: environment variables on top of this process's own.
        command: gives the command line for a port.
        prepared: a data folder of ``set_up_data``, to start from a copy of it at once.

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
        with log.open("wb") as output:
            port = _free_port()
            process = subprocess.Popen(  # noqa: S603 - our own command line
                command(port),
                cwd=BASE_DIR,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                # A group of its own: it ends by our hand, with its children, not by Ctrl-C.
                start_new_session=True,
            )
            try:
                url = f"http://127.0.0.1:{port}"
                server = OwnServer(url, log, data, environment, process)
                wait_until_alive(server, process)
                yield server
            finally:
                _stop(process)


def set_up_data(folder: Path) -> None:
    """A database with the demo clubs and their people, in an empty folder.

    Raises:
        RehearsalError: it cannot be set up; with the last line that was written.
    """
    _set_up_data({**os.environ, **_FRESH, "DATA_DIR": str(folder)}, folder / "server.log")


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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_alive(server: OwnServer, process: subprocess.Popen[bytes]) -> None:
    """Wait until ``process`` answers at the server's address.

    Raises:
        RehearsalError: it ends, or does not answer in time.
    """
    deadline = time.monotonic() + START_SECONDS
    with httpx.Client(base_url=server.base_url, trust_env=False) as client:
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise RehearsalError(f"The server did not start: {_last_line(server.log)}")
            with contextlib.suppress(httpx.TransportError):
                if client.get("/livez").is_success:
                    return
            time.sleep(POLL_SECONDS)
    raise RehearsalError(f"The server did not answer within {START_SECONDS:g} s.")


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
