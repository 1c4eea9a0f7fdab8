"""Bring the embedded stack up: database, demo clubs, server."""

import errno
import socket
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from speechcoach.env import Environment


class Command(BaseCommand):
    help = "Migrate, seed the demo clubs where demo mode is on, and serve on HOST:PORT."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        env = Environment()
        host, port = env.text("HOST"), env.integer("PORT")
        require_free(host, port)
        call_command("prepare", verbosity=0)
        self.stdout.write(_welcome(host, port))
        self.stdout.flush()
        bracketed = f"[{host}]" if ":" in host else host
        call_command("runserver", f"{bracketed}:{port}", use_reloader=False, verbosity=0)


def require_free(host: str, port: int) -> None:
    """
    Raises:
        CommandError: nothing can listen there; says why, and what to do.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} on {host} is in use, perhaps by another speechcoach. "
                    f"Stop that one, or choose another port: make run PORT={port + 1}"
                ) from None
            raise CommandError(
                f"Cannot listen on {host} port {port}: {error.strerror}. "
                "Set HOST and PORT to an address of this machine."
            ) from None


def _welcome(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
    url = f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
    if not settings.DEMO_MODE:
        return f"Open {url} and sign up."
    from clubs.demo import PASSWORD  # noqa: PLC0415 - apps are ready now

    return f"Open {url} and sign in as operator@harbour.example with password {PASSWORD}"
