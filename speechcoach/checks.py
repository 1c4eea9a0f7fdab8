"""What ``manage.py check`` says about settings that start but cannot work."""

import importlib.util
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

from speechcoach.env import Environment
from speechcoach.model_table import facts_of


@register(Tags.security)
def origins(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """ALLOWED_ORIGINS must hold full origins: a wildcard would let any page open a socket."""
    return [
        Error(
            f"ALLOWED_ORIGINS holds {origin!r}, which is no full origin.",
            hint="Write scheme, host and, where it is not the default, port: "
            "https://club.example.com",
            id="speechcoach.E001",
        )
        for origin in settings.ALLOWED_ORIGINS
        if not _is_origin(origin)
    ]


@register(Tags.security, deploy=True)
def demo_mode(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Demo people have a published password."""
    if not settings.DEMO_MODE:
        return []
    return [
        checks.Warning(
            "DEMO_MODE is on: anybody can sign in as the demo people.",
            hint="Set DEMO_MODE=false.",
            id="speechcoach.W001",
        )
    ]


@register()
def audio_lead(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.SPEECHCOACH_AUDIO_MAX_LEAD_SECONDS >= 1:
        return []
    return [
        Error(
            "AUDIO_MAX_LEAD_SECONDS is below 1: ordinary network jitter would end recordings.",
            hint="Leave it at its default of 10.",
            id="speechcoach.E002",
        )
    ]


@register()
def workers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What is captured here must be there for workers to evaluate."""
    if settings.CELERY_TASK_ALWAYS_EAGER or settings.REDIS_URL:
        return []
    return [
        Error(
            "BROKER_URL is set and REDIS_URL is not: workers would find no audio.",
            hint="Set REDIS_URL, too.",
            id="speechcoach.E003",
        )
    ]


@register()
def telemetry(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Who wants traces has what makes them."""
    wanted = Environment().text("OTEL_EXPORTER_OTLP_ENDPOINT")
    if not wanted or all(map(importlib.util.find_spec, ("opentelemetry", "opentelemetry.sdk"))):
        return []
    return [
        Error(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, and OpenTelemetry is not installed.",
            hint="pip install -r requirements-stack.txt",
            id="speechcoach.E004",
        )
    ]


@register()
def openai_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What OPENAI_* say can be read."""
    faults: list[CheckMessage] = []
    address = urlsplit(settings.SPEECHCOACH_OPENAI_BASE_URL)
    if settings.SPEECHCOACH_OPENAI_BASE_URL and not (
        address.scheme in {"http", "https"} and address.hostname
    ):
        faults.append(
            Error(
                "OPENAI_BASE_URL is no address.",
                hint="Write it with its version: https://api.example.com/v1",
                id="speechcoach.E010",
            )
        )
    if settings.SPEECHCOACH_OPENAI_EVALUATION_API not in {"auto", "responses", "chat"}:
        faults.append(
            Error(
                "OPENAI_EVALUATION_API must be auto, responses or chat.",
                id="speechcoach.E011",
            )
        )
    try:
        facts_of("", settings.SPEECHCOACH_OPENAI_PRICES)
    except ValueError as error:
        faults.append(Error(f"{error}.", id="speechcoach.E012"))
    model, voice = settings.SPEECHCOACH_OPENAI_SPEECH_MODEL, settings.SPEECHCOACH_OPENAI_VOICE
    known = facts_of(model).voices
    if known and voice not in known:
        faults.append(
            checks.Warning(
                f"OPENAI_VOICE is {voice!r}, which {model} is not known to have.",
                hint=f"It has {', '.join(known)}. Where a voice is refused, a built-in one speaks.",
                id="speechcoach.W010",
            )
        )
    return faults


def _is_origin(origin: str) -> bool:
    parts = urlsplit(origin)
    plain = not (parts.path or parts.query or parts.fragment or parts.username)
    return (
        parts.scheme in {"http", "https"} and bool(parts.hostname) and "*" not in origin and plain
    )
