"""Databases of a test's own, with the demo clubs and their people, on the machine's PostgreSQL."""

import atexit
import contextlib
import functools
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from sessions_app.rehearsal.own_server import set_up_data

SERVER = "127.0.0.1:5432"


@contextlib.contextmanager
def database() -> Iterator[str]:
    """Its URL; it is gone at the end. Skips where no server answers."""
    template = _template()
    name = f"speechcoach_{uuid.uuid4().hex}"
    with _admin() as admin:
        _run(admin, "CREATE DATABASE {} TEMPLATE {}", name, template)
        try:
            yield _url(admin, name)
        finally:
            _drop(admin, name)


def copy_template(programs: Path, target: str) -> None:
    """Fill the empty database at ``target``, of any server, as ``database`` is filled."""
    with _admin() as admin:
        source = _url(admin, _template())
    # The other server knows none of the accounts of this one.
    save = [str(programs / "pg_dump"), "--no-owner", "--no-privileges", source]
    load = [str(programs / "psql"), "--quiet", "-v", "ON_ERROR_STOP=1", "-1", target]
    dump = subprocess.run(save, check=True, capture_output=True)
    subprocess.run(load, input=dump.stdout, check=True, capture_output=True)


@functools.cache
def _template() -> str:
    """Migrated and seeded once for all tests of this process: that takes longer than most tests."""
    name = f"speechcoach_template_{uuid.uuid4().hex}"
    with _admin() as admin, TemporaryDirectory(prefix="speechcoach-template-") as folder:
        _run(admin, "CREATE DATABASE {}", name)
        atexit.register(_forget, name)
        set_up_data(Path(folder), DATABASE_URL=_url(admin, name))
    return name


def _forget(name: str) -> None:
    with _admin() as admin:
        _drop(admin, name)


@contextlib.contextmanager
def _admin() -> Iterator[Any]:
    psycopg = pytest.importorskip("psycopg")
    try:
        admin = psycopg.connect(
            f"postgresql://{SERVER}/postgres", autocommit=True, connect_timeout=5
        )
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL at {SERVER}: {error}")
    with contextlib.closing(admin):
        yield admin


def _url(admin: Any, name: str) -> str:
    return f"postgresql://{admin.info.user}@{SERVER}/{name}"


def _drop(admin: Any, name: str) -> None:
    _run(admin, "DROP DATABASE {} WITH (FORCE)", name)


def _run(admin: Any, statement: str, *names: str) -> None:
    from psycopg import sql  # noqa: PLC0415 - only where it is installed

    admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
