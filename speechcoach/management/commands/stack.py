"""``make stack``: the production stack's processes on this machine, under one supervisor."""

import os
import shutil
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Any, Final

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from speechcoach.env import Environment
from speechcoach.management.commands.serve import require_free
from speechcoach.stack.local import HOST, Place, port_names, programs
from speechcoach.stack.supervisor import StackError, Supervisor, prefixed

DATABASE: Final = "speechcoach_stack"


class Command(BaseCommand):
    help = (
        "Run the production stack here: web processes, workers, clock, two Redis and a balancer, "
        "on a local PostgreSQL (DATABASE_URL, or a database of its own)."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        env = Environment()
        if shutil.which("redis-server") is None:
            raise CommandError("redis-server is not installed. Debian: apt install redis-server")
        port = env.integer("PORT")
        folder = Path(settings.DATA_DIR, "stack").resolve()
        place = Place(
            folder=folder,
            database=env.text("DATABASE_URL") or local_database(DATABASE),
            host=env.text("HOST"),
            port=port,
            # Beside each other, so that they are known: the broker is PORT + 1, and so on.
            ports={name: port + number for number, name in enumerate(port_names(), start=1)},
        )
        # What another one left running would answer in the place of ours.
        require_free(place.host, place.port)
        for taken in place.ports.values():
            require_free(HOST, taken)
        layers = programs(place)
        write = prefixed([program.name for layer in layers for program in layer])
        supervisor = Supervisor(layers, write)
        _end_by_signal(supervisor)
        try:
            supervisor.start()
        except StackError as error:
            raise CommandError(f"The stack does not run: {error}") from error
        try:
            write("stack", f"open {place.origin}/ (Ctrl-C ends it)")
            supervisor.run()
            write("stack", "draining: what runs is finished or handed back")
        finally:
            supervisor.stop()


def _end_by_signal(supervisor: Supervisor) -> None:
    """Ctrl-C and SIGTERM end the stack in order; who asks twice is in a hurry."""
    told, tell = os.pipe()

    # A handler interrupts whatever its thread holds: it must not wait for anything.
    def handler(_number: int, _frame: FrameType | None) -> None:
        os.write(tell, b".")

    def listen() -> None:
        while os.read(told, 1):
            supervisor.end()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)
    threading.Thread(target=listen, name="signals", daemon=True).start()


def local_database(name: str) -> str:
    """The URL of a database on this machine's PostgreSQL, made where it is not there yet.

    Raises:
        CommandError: no server answers, or it does not let us.
    """
    try:
        import psycopg  # noqa: PLC0415 - an optional extra
        from psycopg import sql  # noqa: PLC0415
    except ImportError as error:
        raise CommandError(
            "The stack needs packages: pip install -r requirements-stack.txt"
        ) from error
    try:
        admin = psycopg.connect(host=HOST, dbname="postgres", autocommit=True, connect_timeout=5)
        with admin:
            found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if found is None:
                admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            return f"postgresql://{admin.info.user}@{HOST}:{admin.info.port}/{name}"
    except psycopg.Error as error:
        raise CommandError(
            f"No database on this machine's PostgreSQL: {error}. Start one, or set DATABASE_URL."
        ) from error
