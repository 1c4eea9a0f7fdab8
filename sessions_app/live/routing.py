"""Where sockets lead."""

from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path, re_path

from sessions_app.coach.coach import Coach
from sessions_app.coach.consumer import CoachConsumer
from sessions_app.contract.close_codes import CloseCode
from sessions_app.live.consumer import SessionConsumer
from sessions_app.live.vendors import Vendors


class NoSuchSocket(AsyncWebsocketConsumer):
    """Accepts, so that the page can read why, and closes."""

    async def connect(self) -> None:
        scope: Any = self.scope
        await self.accept(scope["accept_subprotocol"])
        await self.close(int(CloseCode.NOT_FOUND))


def socket_routes(vendors: Vendors, coach: Coach) -> list[Any]:
    """Every socket of the product; whatever else is asked for is told that it is not there."""
    # Django's types know views only.
    session: Any = SessionConsumer.as_asgi(vendors=vendors)
    realtime: Any = CoachConsumer.as_asgi(coach=coach)
    nothing: Any = NoSuchSocket.as_asgi()
    return [
        path("ws/session", session),
        path("ws/realtime", realtime),
        re_path(r"", nothing),
    ]
