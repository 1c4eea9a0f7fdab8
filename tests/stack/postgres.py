"""A database of a test's own on the machine's PostgreSQL."""

import contextlib
import uuid
from collections.abc import Iterator

import pytest

ADMIN = "postgresql://127.0.0.1:5432/postgres"


@contextlib.contextmanager
def database() -> Iterator[str]:
    """Its URL; it is gone at the end. Skips where no server answers."""
    psycopg = pytest.importorskip("psycopg")
    from psycopg import sql  # noqa: PLC0415 - only where it is installed

    try:
        admin = psycopg.connect(ADMIN, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL at 127.0.0.1:5432: {error}")
    name = f"speechcoach_{uuid.uuid4().hex}"
    with contextlib.closing(admin):
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"postgresql://{admin.info.user}@127.0.0.1:5432/{name}"
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
