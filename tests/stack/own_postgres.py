"""A PostgreSQL cluster of a test's own, which it may stop, kill and start again."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest

from speechcoach.stack.local import HOST
from speechcoach.stack.process import Program, Supervised

SUPERUSER = "postgres"
# As in the compose file: a statement that fails is not logged, nor the row it was about.
WORDLESS = {"log_min_error_statement": "panic", "log_error_verbosity": "terse"}


def own_postgres(folder: Path, port: int) -> Program:
    """A fresh, empty cluster in ``folder``, ready to be started. Skips where none is installed."""
    server, initdb = _installed("postgres"), _installed("initdb")
    user = _owner()
    folder.mkdir()
    if user is not None:
        # Whose data it is must be able to reach it.
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
    subprocess.run(
        [initdb, "-D", "data", "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-locale", "-N"],
        cwd=folder,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        check=True,
        capture_output=True,
    )
    options = {
        "listen_addresses": HOST,
        "unix_socket_directories": "",
        # A test's data must survive its server, and need not survive its machine.
        "fsync": "off",
        **WORDLESS,
    }
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return Program(
        name="postgres",
        command=[server, "-D", str(folder / "data"), "-p", str(port), *settings],
        environment=dict(os.environ),
        folder=folder,
        cwd=folder,
        is_ready=_answers(url(port, "postgres")),
        grace_seconds=20,
        user=user,
    )


def url(port: int, name: str) -> str:
    return f"postgresql://{SUPERUSER}@{HOST}:{port}/{name}"


def _answers(address: str):
    def answers(_process: Supervised) -> bool:
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    return answers


def _owner() -> str | None:
    """PostgreSQL refuses to be root; who is root lends it the account that came with it."""
    return SUPERUSER if os.geteuid() == 0 else None


def _installed(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        versions = Path("/usr/lib/postgresql").glob(f"*/bin/{program}")
        found = max(map(str, versions), default=None)
    if found is None:
        pytest.skip("PostgreSQL is not installed")
    return found
