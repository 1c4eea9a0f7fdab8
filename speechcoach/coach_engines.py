"""The composition of the voice coach: beside ``providers``, and for entry points like it."""

import functools

from django.conf import settings
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache

from sessions_app.coach.coach import Coach, CoachLimits, Served, TakeEngines
from sessions_app.coach.conversations import Conversations
from sessions_app.coach.core.configuring import Engine
from sessions_app.coach.engine.connection import BuiltinUpstream
from sessions_app.live.sockets import OpenSockets
from sessions_app.source import VaultSource
from speechcoach.model_table import facts_of
from speechcoach.providers import (
    breakers,
    builtin_transcriber,
    builtin_voice,
    decoder_pool,
    final_transcribers,
    openai_access,
    script_in_place,
    transcriber,
    vault,
)


@functools.cache
def conversations() -> Conversations:
    """Where conversations with the coach are kept for a minute, and what was used is counted."""
    if settings.REDIS_URL:
        return Conversations(caches.create_connection(DEFAULT_CACHE_ALIAS))
    # Its own: Django's forgets at random what is over three hundred entries.
    store: BaseCache = LocMemCache("speechcoach.coach", {"OPTIONS": {"MAX_ENTRIES": 50_000}})
    return Conversations(store)


def openai_coach() -> Served | None:
    """OpenAI as the coach; None where it is not configured."""
    access, model = openai_access(), settings.SPEECHCOACH_OPENAI_REALTIME_MODEL
    if access is None or not model:
        return None
    from sessions_app.coach.openai_upstream import OpenAIUpstream  # noqa: PLC0415 - as above

    prices = settings.SPEECHCOACH_OPENAI_PRICES
    facts = facts_of(model, prices)
    engine = Engine(
        provider="openai",
        model=model,
        voice=settings.SPEECHCOACH_OPENAI_REALTIME_VOICE,
        transcription_model=facts.captions,
        rotate_seconds=facts.rotate_seconds,
        is_told=True,
        prices=facts.prices,
        caption_prices=facts_of(facts.captions, prices).prices,
    )
    return Served(engine, OpenAIUpstream(access, model, breakers()))


def builtin_coach() -> Served:
    """The coach that needs no key; it listens as the built-in captions do."""
    voice = builtin_voice()
    warm = None if script_in_place() else decoder_pool().warm
    upstream = BuiltinUpstream(builtin_transcriber(), voice, warm)
    return Served(Engine("builtin", upstream.name, ""), upstream)


def take_engines(*, builtin_only: bool) -> TakeEngines:
    """Who turns a practice take into words."""
    finals = final_transcribers()[-1 if builtin_only else 0 :]
    live = builtin_transcriber() if builtin_only else transcriber()
    return TakeEngines(live, VaultSource(vault(), *finals))


@functools.cache
def coach() -> Coach:
    """What the voice coach works with."""
    return Coach(
        vendor=openai_coach(),
        builtin=builtin_coach(),
        takes=lambda builtin_only: take_engines(builtin_only=builtin_only),
        vault=vault(),
        conversations=conversations(),
        open_sockets=OpenSockets(
            per_user=settings.SPEECHCOACH_MAX_SOCKETS_PER_USER,
            per_club=settings.SPEECHCOACH_MAX_SOCKETS_PER_CLUB,
        ),
        limits=CoachLimits(
            person_minutes=settings.SPEECHCOACH_COACH_MINUTES_PER_DAY,
            club_minutes=settings.SPEECHCOACH_COACH_CLUB_MINUTES_PER_DAY,
            idle_seconds=settings.SPEECHCOACH_COACH_IDLE_SECONDS,
        ),
    )
