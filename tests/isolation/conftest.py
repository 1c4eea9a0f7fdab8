"""The real servers of ``tests.server``, for what only a socket shows."""

from tests.server import server

__all__ = ["server"]
