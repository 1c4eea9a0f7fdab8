"""The servers that the documentation's examples run against."""

from tests.server import strict_server

__all__ = ["strict_server"]
