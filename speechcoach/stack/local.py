"""Where the stack's parts are on this machine, and how each is known to be ready."""

import http.client
import os
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from speechcoach.env import BASE_DIR
from speechcoach.stack import topology
from speechcoach.stack.process import Program, Supervised
from speechcoach.stack.topology import Service

HOST: Final = "127.0.0.1"
_PROBE_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Place:
    """A stack's folder, its database, its ports, and what else its processes are told.

    ``database_program`` is a PostgreSQL of the stack's own; without one, ``database`` is somebody
    else's. ``settings`` come last: they are what one stack wants differently from all others.
    ``prepare`` are options of ``manage.py prepare``.
    """

    folder: Path
    database: str
    port: int
    ports: Mapping[str, int]
    host: str = HOST
    settings: Mapping[str, str] = field(default_factory=dict)
    prepare: Sequence[str] = ()
    database_program: Program | None = None

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What every process of ours gets."""
        told = topology.environment(
            database=self.database,
            broker=f"redis://{HOST}:{self.ports['broker']}/0",
            volatile=f"redis://{HOST}:{self.ports['volatile']}/0",
            origin=self.origin,
            folder=str(self.folder),
            static=str(self.folder / "static"),
        )
        return {**os.environ, "PYTHONUNBUFFERED": "1", **told, **self.settings}


def port_names() -> list[str]:
    """Everything that listens behind the proxy."""
    stores = [store.name for store in topology.STORES]
    return [*stores, *(name for name, _ in _replicas(topology.WEB))]


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, as long as nobody takes them meanwhile."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((HOST, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def programs(place: Place) -> list[list[Program]]:
    """Everything, in the layers in which it starts."""
    stores = [_program(place, each, _listens(place.ports[each.name])) for each in topology.STORES]
    if place.database_program is not None:
        stores.append(place.database_program)
    web = [
        _program(place, topology.WEB, _serves(place.ports[name]), name)
        for name, _ in _replicas(topology.WEB)
    ]
    beside = [
        _program(place, each, _shows_life(_alive_file(place, each.name)))
        for each in (*topology.WORKERS, topology.BEAT)
    ]
    # An image has these made when it is built.
    static = ["python", "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    migrate = _program(place, topology.MIGRATE, _never)
    once = [
        replace(migrate, command=[*migrate.command, *place.prepare]),
        _our_program(place, "static", static, _never, grace_seconds=10, once=True),
    ]
    upstreams = [f"{HOST}:{place.ports[each.name]}" for each in web]
    proxy = _our_program(
        place,
        "proxy",
        ["python", "-m", "speechcoach.stack.balancer", f"{place.host}:{place.port}", *upstreams],
        _says("listening on"),
        grace_seconds=5,
    )
    return [stores, once, [*web, *beside], [proxy]]


def _program(
    place: Place, service: Service, is_ready: Callable[[Supervised], bool], name: str | None = None
) -> Program:
    name = name or service.name
    command = service.command_at(
        host=HOST, port=str(place.ports.get(name, 0)), folder=str(place.folder / name)
    )
    program = _our_program(
        place, name, command, is_ready, grace_seconds=service.grace_seconds, once=service.once
    )
    if not service.shows_life:
        return program
    alive = {"ALIVE_FILE": str(_alive_file(place, name))}
    return replace(program, environment={**program.environment, **alive})


def _our_program(
    place: Place,
    name: str,
    command: Sequence[str],
    is_ready: Callable[[Supervised], bool],
    *,
    grace_seconds: float,
    once: bool = False,
) -> Program:
    # As in an image, where they are on the path.
    beside = Path(sys.executable).with_name(command[0])
    program = str(beside) if beside.exists() else command[0]
    return Program(
        name=name,
        command=[program, *command[1:]],
        environment=place.environment,
        folder=place.folder / name,
        cwd=BASE_DIR,
        is_ready=is_ready,
        grace_seconds=grace_seconds,
        once=once,
    )


def _replicas(service: Service) -> list[tuple[str, int]]:
    return [(f"{service.name}-{number}", number) for number in range(1, service.replicas + 1)]


def _never(_process: Supervised) -> bool:
    return False


def _alive_file(place: Place, name: str) -> Path:
    return place.folder / name / "alive"


def _shows_life(file: Path) -> Callable[[Supervised], bool]:
    def shows_life(process: Supervised) -> bool:
        return file.exists() and file.stat().st_mtime >= process.started_at

    return shows_life


def _says(text: str) -> Callable[[Supervised], bool]:
    return lambda process: process.says(text)


def _listens(port: int) -> Callable[[Supervised], bool]:
    def listens(_process: Supervised) -> bool:
        """As ``redis-cli ping``: one that still loads its data answers with an error."""
        try:
            with socket.create_connection((HOST, port), _PROBE_SECONDS) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    return listens


def _serves(port: int) -> Callable[[Supervised], bool]:
    def serves(_process: Supervised) -> bool:
        connection = http.client.HTTPConnection(HOST, port, timeout=_PROBE_SECONDS)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return serves
