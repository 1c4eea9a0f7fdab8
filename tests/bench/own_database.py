"""A database of a measure's own, in a process of its own: what runs it has no settings to read."""

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from speechcoach.env import BASE_DIR


def postgres_url() -> str | None:
    """``DATABASE_URL``, where it is a PostgreSQL; None elsewhere."""
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else None


def no_postgres() -> str | None:
    """Why PostgreSQL cannot be measured here."""
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed"
    return None if postgres_url() else "DATABASE_URL names no PostgreSQL"


def measured_by(module: str, database_url: str, *numbers: int) -> dict[str, Any]:
    """What ``python -m <module> <numbers>`` prints, as JSON. "" means SQLite, in a file."""
    with TemporaryDirectory(prefix="speechcoach-bench-") as folder:
        done = subprocess.run(
            [sys.executable, "-m", module, *map(str, numbers)],
            env={**os.environ, "DATABASE_URL": database_url, "DATA_DIR": folder},
            cwd=BASE_DIR,
            stdout=subprocess.PIPE,
            check=True,
        )
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


@contextlib.contextmanager
def own_database() -> Iterator[None]:
    """Beside the one of ``DATABASE_URL``, with all tables and no rows; gone afterwards."""
    import django  # noqa: PLC0415 - only in the measure's process are there settings to read

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "speechcoach.settings")
    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import setup_test_environment  # noqa: PLC0415

    setup_test_environment(debug=False)
    if connection.vendor == "sqlite":
        # In memory it would be a different database.
        connection.settings_dict["TEST"]["NAME"] = str(Path(settings.DATA_DIR) / "bench.sqlite3")
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
