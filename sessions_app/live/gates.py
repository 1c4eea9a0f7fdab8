"""What stands before every socket: the page's origin, and its ticket."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from channels.security.websocket import WebsocketDenier

from sessions_app.live import tickets
from speechcoach.logs import about

# Gates add to the scope, which the types of ASGI do not allow for.
Application = Callable[[Any, Any, Any], Awaitable[None]]

SUBPROTOCOL = "speechcoach.v1"
TICKET_PREFIX = "ticket."


class OriginGate:
    """Refuses (403) pages of other origins, and clients that name none.

    Args:
        inner: the application behind the gate.
        allowed: full origins (``https://club.example.com``). Where there are none, only the origin
            that the request itself was sent to.
    """

    def __init__(self, inner: Application, allowed: list[str]) -> None:
        self.inner = inner
        self.allowed = {_normal(origin) for origin in allowed}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = {name: value.decode("latin1") for name, value in scope["headers"]}
        origin = _normal(headers.get(b"origin", ""))
        scheme = "https" if scope.get("scheme") == "wss" else "http"
        allowed = self.allowed or {_normal(f"{scheme}://{headers.get(b'host', '')}")}
        app: Any = self.inner if origin and origin in allowed else WebsocketDenier()
        await app(scope, receive, send)


def _normal(origin: str) -> str | None:
    """An origin with its default port written out; None when it is none."""
    try:
        parts = urlsplit(origin)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or port is None or parts.path or parts.query:
        return None
    return f"{parts.scheme}://{parts.hostname}:{port}"


class TicketGate:
    """Redeems the connection's ticket into ``scope["ticket"]`` (None: bad, used or expired).

    The consumer behind it accepts before it refuses, so that a page can read why.
    """

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        token = _token(scope)
        ticket = await tickets.redeem(token) if token else None
        # From here on nothing that logs the scope can log the token.
        clean = {**scope, "ticket": ticket, "query_string": b"", "subprotocols": []}
        clean["query"] = {
            name: values[0]
            for name, values in parse_qs(scope["query_string"].decode("latin1")).items()
            if name != "t"
        }
        offered = SUBPROTOCOL in scope.get("subprotocols", [])
        clean["accept_subprotocol"] = SUBPROTOCOL if offered else None
        whose = {"club": ticket.club_id, "speech": ticket.speech_id} if ticket else {}
        with about(**whose):
            await self.inner(clean, receive, send)


def _token(scope: dict[str, Any]) -> str | None:
    for name in scope.get("subprotocols", []):
        if name.startswith(TICKET_PREFIX):
            return str(name.removeprefix(TICKET_PREFIX))
    values = parse_qs(scope["query_string"].decode("latin1")).get("t")
    return values[0] if values else None
