"""History and stream of bars over HTTP."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from clubs.access import require_user
from clubs.models import User
from sessions_app.core.timeframes import TIMEFRAMES
from sessions_app.live.sockets import OpenSockets
from sessions_app.stream import (
    NOWHERE,
    BarRing,
    Mark,
    Page,
    RingUnavailableError,
    idle_thread,
    sse,
)
from sessions_app.stream.broadcaster import Broadcaster, Ended, Reset
from sessions_app.stream.guard import guarded
from sessions_app.stream.history import MOST_BARS, Asked, of_speaker, of_speech
from sessions_app.stream.rows import Watched, saved_speeches, watched
from speechcoach.errors import BadRequestError, TooManyError, UnavailableError

HEARTBEAT_SECONDS: Final = 15.0
RETRY_MILLISECONDS: Final = (1_500, 4_000)
"""Each browser its own, so that a restart does not bring all of them back in one second."""

# Django's types know synchronous views only.
View = Any


@dataclass(frozen=True, slots=True)
class LiveMetrics:
    """What the views work with: handed in by the composition root."""

    broadcaster: Broadcaster
    open_streams: OpenSockets


def stream_routes(metrics: LiveMetrics) -> list[Any]:
    """History and stream of bars."""
    return [
        path("api/history", history_view(metrics.broadcaster.ring), name="history"),
        path("stream/metrics", stream_view(metrics), name="metrics_stream"),
    ]


def history_view(ring: BarRing) -> View:
    @never_cache
    @require_GET
    async def history(request: HttpRequest) -> HttpResponse:
        """The bars of a speech, or of a person's last saved speeches."""
        await _user_of(request)
        asked = _asked(request)
        speech, speaker = request.GET.get("speech"), request.GET.get("speaker")
        if (speech is None) == (speaker is None):
            raise BadRequestError("Ask for a `speech` or for a `speaker`.")
        if speech is not None:
            page = await _page(ring, await _watched(request, speech, with_bars=True))
            body = await asyncio.to_thread(of_speech, page, asked)
        else:
            number = _whole("speaker", speaker, least=0, most=2**31)
            saved = database_sync_to_async(saved_speeches)
            speeches = await saved(request.user, number, request.GET.get("club"))
            body = await asyncio.to_thread(of_speaker, speeches, asked)
        return HttpResponse(body, content_type="application/json")

    return history


def stream_view(metrics: LiveMetrics) -> View:
    @require_GET
    async def metrics_stream(request: HttpRequest) -> HttpResponseBase:
        """The bars of a speech as they change."""
        await _user_of(request)
        speech_id = request.GET.get("speech")
        if speech_id is None:
            raise BadRequestError("Ask for a `speech`.")
        found = await _watched(request, speech_id, with_bars=False)
        # A browser that reconnects knows better than the address it was given.
        since = sse.known(request.headers.get("Last-Event-ID") or request.GET.get("sinceEid"))
        try:
            [mark] = await metrics.broadcaster.ring.marks([found.key])
        except RingUnavailableError:
            raise _unavailable() from None
        if mark is None and found.kept is not None:
            mark = found.kept.mark
            body = _gone_by(found, mark)
        else:
            body = _events(metrics.broadcaster, found, since)
        if mark is not None and mark.ended and (since is None or _is_all(since, mark)):
            return HttpResponse(status=204)
        return _stream(metrics.open_streams, found, body)

    return metrics_stream


def _stream(
    open_streams: OpenSockets, found: Watched, body: AsyncIterator[str]
) -> HttpResponseBase:
    slot = object()
    if not open_streams.enter(slot, found.permit.user_id, found.permit.club_id):
        raise TooManyError("Too many charts are open at once. Close some, and try again.")
    response = StreamingHttpResponse(
        body,
        content_type="text/event-stream",
        headers={
            "Cache-Control": "no-cache, no-store, no-transform, private",
            # A proxy that compresses or buffers holds events back.
            "Content-Encoding": "identity",
            "X-Accel-Buffering": "no",
        },
    )
    response._resource_closers.append(lambda: open_streams.leave(slot))  # type: ignore[attr-defined]
    return response


async def _events(
    broadcaster: Broadcaster, found: Watched, since: Mark | None
) -> AsyncIterator[str]:
    """The body of a stream. Whoever goes away cancels it here; no row is read in it."""
    now = asyncio.get_running_loop().time
    idle_thread.release()
    yield _opening()
    async with (
        broadcaster.watch(found.key, since) as reader,
        guarded(reader, found.permit, found.speech_id),
    ):
        beat = now() + HEARTBEAT_SECONDS
        while not reader.closed:
            events = await reader.next(max(0.0, beat - now()))
            if events:
                yield "".join(sse.written(event, found.speech_id) for event in events)
                if isinstance(events[-1], Ended):
                    return
            if now() >= beat:
                beat = now() + HEARTBEAT_SECONDS
                yield sse.HEARTBEAT


async def _gone_by(found: Watched, mark: Mark) -> AsyncIterator[str]:
    """Of a speech that has ended and left the ring: history has what is not known of it yet."""
    yield _opening()
    for event in (Reset(mark, "epoch"), Ended(mark)):
        yield sse.written(event, found.speech_id)


def _opening() -> str:
    return sse.retry(random.randint(*RETRY_MILLISECONDS))  # noqa: S311 - spreads, hides nothing


def _is_all(since: Mark, mark: Mark) -> bool:
    return since.epoch in {"", mark.epoch} and since.eid == mark.eid


async def _page(ring: BarRing, found: Watched) -> Page:
    try:
        page = await ring.read(found.key)
        if page is not None and not page.mark.ended:
            await ring.watch([found.key])
    except RingUnavailableError:
        raise _unavailable() from None
    return page or found.kept or Page(NOWHERE, ())


def _unavailable() -> UnavailableError:
    return UnavailableError("Live metrics cannot be had just now. Please try again.")


async def _user_of(request: HttpRequest) -> User:
    """Raises ``SignedOutError`` before anything that is asked is looked at."""
    return await database_sync_to_async(_require_user)(request)


def _require_user(request: HttpRequest) -> User:
    user: User | AnonymousUser = request.user
    return require_user(user)


async def _watched(request: HttpRequest, speech_id: str, *, with_bars: bool) -> Watched:
    # Its connection is closed when it is done: a stream lasts as long as a speech.
    find = database_sync_to_async(watched)
    key = request.session.session_key
    return await find(request.user, key, speech_id, with_bars=with_bars)


def _asked(request: HttpRequest) -> Asked:
    """
    Raises:
        BadRequestError: names the parameter that is wrong.
    """
    timeframe = request.GET.get("timeframe", "1s")
    if timeframe not in TIMEFRAMES:
        raise BadRequestError(f"`timeframe` is one of {', '.join(TIMEFRAMES)}.")
    before = request.GET.get("before")
    return Asked(
        timeframe=timeframe,
        limit=_whole("limit", request.GET.get("limit", str(MOST_BARS)), least=1, most=MOST_BARS),
        before=None if before is None else _whole("before", before, least=0, most=2**31),
        since=sse.known(request.GET.get("sinceEid")),
    )


def _whole(name: str, text: str | None, *, least: int, most: int) -> int:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 10:
        raise BadRequestError(f"`{name}` is a whole number from {least} to {most}.")
    value = int(text)
    if not least <= value <= most:
        raise BadRequestError(f"`{name}` is a whole number from {least} to {most}.")
    return value
