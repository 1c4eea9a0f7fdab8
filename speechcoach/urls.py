"""Every address of the product."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from sessions_app.stream.views import stream_routes
from sessions_app.uploads.urls import upload_routes
from speechcoach import engine_views, health, providers
from speechcoach.metrics.views import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("livez", health.livez, name="livez"),
    path("healthz", health.livez, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("clubs/<slug:club_slug>/engines/", engine_views.engines, name="engines"),
    path("", include("clubs.urls")),
    path("", include("sessions_app.urls")),
    *upload_routes(providers.vault()),
    *stream_routes(providers.live_metrics()),
]
