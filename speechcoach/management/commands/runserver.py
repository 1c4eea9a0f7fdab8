"""``runserver``: daphne's, with the embedded stack's server."""

from daphne.management.commands import runserver

from speechcoach.daphne_server import embedded_server


class Command(runserver.Command):  # type: ignore[misc] # untyped
    server_cls = embedded_server
