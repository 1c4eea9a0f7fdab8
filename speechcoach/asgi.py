"""The entry point of the server: pages, and sockets behind their gates."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "speechcoach.settings")
# Django is set up before anything that needs models is imported.
pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402

from sessions_app.live.gates import OriginGate, TicketGate  # noqa: E402
from sessions_app.live.routing import socket_routes  # noqa: E402
from speechcoach import embedded, providers  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": OriginGate(
            TicketGate(URLRouter(socket_routes(providers.vendors()))),
            settings.ALLOWED_ORIGINS,
        ),
    }
)

embedded.allow_close_codes()
embedded.start_beat()
