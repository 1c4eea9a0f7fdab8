"""What the stack consists of. ``docker-compose.yml`` says the same: a test compares the two."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# What a socket may send in one frame, and how long a process may take over its last words.
_FRAME_BYTES = 65_536
_HEARTBEAT_SECONDS = 20
_DRAIN_SECONDS = 20
# Told to end, a worker finishes what it has begun; what takes longer is another's to go on with.
_TASK_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Service:
    """One line of the table below.

    ``command`` may have ``{host}``, ``{port}`` and ``{folder}`` (a folder of its own) in it.
    ``grace_seconds`` is how long it gets to end by itself once it is told to. One that
    ``shows_life`` touches ALIVE_FILE.
    """

    name: str
    command: tuple[str, ...]
    grace_seconds: int
    replicas: int = 1
    once: bool = False
    shows_life: bool = False

    def command_at(self, **place: str) -> list[str]:
        """The command line where ``place`` says what stands for the words in braces."""
        return [part.format_map(place) for part in self.command]


def _redis(*persistence: str) -> tuple[str, ...]:
    return (
        *("redis-server", "--bind", "{host}", "--port", "{port}", "--dir", "{folder}"),
        # Only our own processes reach it, but in containers not from its own address.
        *("--protected-mode", "no"),
        # A broker or a vault that throws away what it was given is worse than one that is full.
        *("--maxmemory-policy", "noeviction", "--save", "", *persistence),
    )


def _worker(queue: str, concurrency: int) -> Service:
    command = (
        *("celery", "-A", "speechcoach", "worker", "-Q", queue, "-n", f"{queue}@%h"),
        *("--concurrency", str(concurrency), "--loglevel", "INFO"),
    )
    return Service(queue, command, grace_seconds=_TASK_SECONDS, shows_life=True)


BROKER: Final = Service(
    "broker", _redis("--appendonly", "yes", "--appendfsync", "everysec"), grace_seconds=10
)
# Captured speech: nothing of it may reach a disk.
VOLATILE: Final = Service("volatile", _redis("--appendonly", "no"), grace_seconds=10)
MIGRATE: Final = Service("migrate", ("python", "manage.py", "prepare"), grace_seconds=10, once=True)
WEB: Final = Service(
    "web",
    (
        *("uvicorn", "speechcoach.asgi:application", "--host", "{host}", "--port", "{port}"),
        *("--ws", "speechcoach.uvicorn_server:AudioProtocol", "--ws-max-size", str(_FRAME_BYTES)),
        *("--ws-per-message-deflate", "false"),
        *("--ws-ping-interval", str(_HEARTBEAT_SECONDS), "--ws-ping-timeout", "20"),
        # Above what a proxy keeps an idle connection for: it must not meet one that just closed.
        *("--timeout-keep-alive", "90", "--timeout-graceful-shutdown", str(_DRAIN_SECONDS)),
        *("--no-access-log", "--no-server-header", "--lifespan", "on"),
        # Who may say where a request came from: only the proxy can reach this port.
        *("--proxy-headers", "--forwarded-allow-ips", "*"),
    ),
    grace_seconds=_DRAIN_SECONDS + 20,
    replicas=2,
)
BEAT: Final = Service(
    "beat",
    (
        *("celery", "-A", "speechcoach", "beat", "--schedule", "{folder}/schedule"),
        *("--pidfile", "", "--loglevel", "INFO"),
    ),
    grace_seconds=10,
    shows_life=True,
)

STORES: Final = (BROKER, VOLATILE)
# One for each queue: nothing waits behind work of another kind.
WORKERS: Final = (_worker("evaluate", 2), _worker("speak", 1), _worker("housekeep", 1))
SERVICES: Final = (*STORES, MIGRATE, WEB, *WORKERS, BEAT)
"""In the order in which they start; they stop in the other. PostgreSQL and the proxy are no
programs of ours: a machine brings its own."""


def environment(
    *, database: str, broker: str, volatile: str, origin: str, folder: str, static: str
) -> Mapping[str, str]:
    """What every process of ours is told, in production as here."""
    return {
        "DEBUG": "false",
        "DATABASE_URL": database,
        "BROKER_URL": broker,
        "REDIS_URL": volatile,
        "ALLOWED_ORIGINS": origin,
        "DATA_DIR": folder,
        "SECRET_KEY_FILE": f"{folder}/secret_key",
        "STATIC_ROOT": static,
    }
