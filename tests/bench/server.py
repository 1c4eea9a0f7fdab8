"""The server under load: the real process, on a core of its own, decoding nothing."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sessions_app.core.audio import MAX_SPEECH_SECONDS
from sessions_app.rehearsal.own_server import OwnServer, free_port, own_server, runserver
from speechcoach.env import BASE_DIR
from tests.bench.processes import cores, pin
from tests.bench.vendor import LINE, LINE_SECONDS


def uvicorn(port: int, application: str = "speechcoach.asgi:application") -> list[str]:
    """The production server with the flags of production."""
    return [
        *(sys.executable, "-m", "uvicorn", application),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--ws", "speechcoach.uvicorn_server:AudioProtocol", "--ws-max-size", "65536"),
        *("--ws-per-message-deflate", "false", "--no-access-log", "--no-server-header"),
        # A stream that somebody reads would keep it from stopping.
        *("--timeout-graceful-shutdown", "5"),
    ]


def stock_daphne(port: int) -> list[str]:
    """Daphne as it comes, with Channels' own consumer."""
    address = ("-b", "127.0.0.1", "-p", str(port))
    return [sys.executable, "-m", "daphne", *address, "tests.bench.stock:application"]


def stock_uvicorn(port: int) -> list[str]:
    """The production server, with Channels' own consumer."""
    return uvicorn(port, "tests.bench.stock:application")


def production(folder: Path, port: int) -> dict[str, str]:
    """The settings of production, without TLS; its static files are put into ``folder``."""
    settings = {
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "STATIC_ROOT": str(folder / "static"),
        # By its http:// the server knows that there is no TLS.
        "ALLOWED_ORIGINS": f"http://127.0.0.1:{port}",
    }
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"],
        cwd=BASE_DIR,
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        check=True,
    )
    return settings


COMMANDS = {"daphne": runserver, "uvicorn": uvicorn}
STOCK = {"daphne": stock_daphne, "uvicorn": stock_uvicorn}


@contextmanager
def pinned_server(
    kind: str,
    *,
    captions_seconds: int = MAX_SPEECH_SECONDS,
    vault_mib: int = 1024,
    transcription: Mapping[str, str] | None = None,
    more: Mapping[str, str] | None = None,
    stock: bool = False,
) -> Iterator[OwnServer]:
    """A server on one core, and this process on another until it stops. ``more``: its environment.
    ``stock``: with Channels' own consumer instead of ours. uvicorn has the settings of production,
    daphne those of ``make run``.

    Unless the settings of a ``transcription`` are given, it follows a script for so many seconds:
    captions cost what they cost, decoding costs nothing. To read a script costs a new session about
    0.2 ms for each of its seconds.
    """
    server_core, own_core = cores()
    with TemporaryDirectory(prefix="speechcoach-bench-") as folder:
        script = Path(folder, "script.json")
        starts = range(0, captions_seconds, LINE_SECONDS)
        lines = [{"text": LINE, "start": at, "end": at + LINE_SECONDS - 0.5} for at in starts]
        script.write_text(json.dumps(lines))
        variables = {
            "TRANSCRIBER": f"scripted:{script}",
            "AUDIO_MAX_LEAD_SECONDS": str(MAX_SPEECH_SECONDS),
            "MAX_SOCKETS_PER_USER": "100000",
            "MAX_SOCKETS_PER_CLUB": "100000",
            "VAULT_MAX_MIB": str(vault_mib),
            "REDIS_URL": "",
            "LOG_LEVEL": "WARNING",
            **(transcription or {}),
            **(more or {}),
        }
        port = free_port()
        if kind == "uvicorn":
            variables |= production(Path(folder), port)
        before = server_core | own_core
        pin(server_core)
        try:
            with own_server(variables, (STOCK if stock else COMMANDS)[kind], port=port) as server:
                pin(own_core)
                yield server
        finally:
            pin(before)
