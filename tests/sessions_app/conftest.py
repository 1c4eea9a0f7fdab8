"""Fixtures of the tests that talk to a running server."""

from tests.server import server, strict_server

__all__ = ["server", "strict_server"]
