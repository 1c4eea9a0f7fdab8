"""The entry point of the server: pages, and sockets behind their gates."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "speechcoach.settings")
# Django is set up before anything that needs models is imported.
pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from sessions_app.live.gates import OriginGate, TicketGate  # noqa: E402
from sessions_app.live.routing import socket_routes  # noqa: E402
from speechcoach import coach_engines, embedded, providers  # noqa: E402
from speechcoach.bodies import SmallBodies  # noqa: E402
from speechcoach.collection import spare_what_is_there  # noqa: E402
from speechcoach.draining import Lifespan  # noqa: E402
from speechcoach.metrics import OPEN_SOCKETS  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": SmallBodies(pages, settings.FILE_UPLOAD_MAX_MEMORY_SIZE),
        "websocket": OriginGate(
            TicketGate(URLRouter(socket_routes(providers.vendors(), coach_engines.coach()))),
            settings.ALLOWED_ORIGINS,
        ),
        "lifespan": Lifespan(
            settings.SPEECHCOACH_DRAIN_SECONDS, [providers.live_metrics().broadcaster.close]
        ),
    }
)

for kind, sockets in (
    ("session", providers.vendors().open_sockets),
    ("coach", coach_engines.coach().open_sockets),
    ("stream", providers.live_metrics().open_streams),
):
    OPEN_SOCKETS.labels(kind).set_function(sockets.__len__)

embedded.allow_close_codes()
embedded.keep_bodies_in_memory(settings.FILE_UPLOAD_MAX_MEMORY_SIZE)
embedded.start_beat()
# Else whoever comes first waits until all pages are loaded, and so does everybody beside.
_ = get_resolver().url_patterns
spare_what_is_there()
