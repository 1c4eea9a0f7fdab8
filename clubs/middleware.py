"""Two doors of HTTP: refusals become answers, and a club's address puts its scope in force."""

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from clubs.access import NOT_FOUND, access_club
from clubs.http import ClubRequest
from clubs.refusal import refuse
from clubs.scoping import club_scope
from speechcoach.errors import NotFoundError, ProductError
from speechcoach.logs import about

View = Callable[..., HttpResponseBase]


class ErrorMiddleware(MiddlewareMixin):
    """Answers what views raise; anything unexpected is left to Django's 500."""

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Nothing has a name with the one character that PostgreSQL cannot even be asked for."""
        asked = [
            *kwargs.values(),
            *(value for _, values in request.GET.lists() for value in values),
        ]
        named = any(isinstance(value, str) and "\0" in value for value in asked)
        return refuse(request, NotFoundError(NOT_FOUND)) if named else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Http404):
            # Django's own carries the model's name, and in debug a page of its own.
            exception = NotFoundError(NOT_FOUND)
        return refuse(request, exception) if isinstance(exception, ProductError) else None


class ClubMiddleware:
    """Resolves the ``club_slug`` of an address to ``request.club`` and ``request.membership``.

    The club's scope holds while the view runs and its template is rendered, for sync and async
    views alike: a context variable set in ``process_view`` reaches the view, because asgiref
    carries the context of a thread back to the task that waits for it. The body of a *streaming*
    response is produced after the view; its generator enters ``club_scope`` itself.
    """

    sync_capable = True
    async_capable = True

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
    ) -> None:
        self.get_response = get_response
        self._asynchronous = iscoroutinefunction(get_response)
        if self._asynchronous:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self._asynchronous:
            return self._answer_async(request)
        with _scopes_of(request):
            return self.get_response(request)

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        with _scopes_of(request):
            return await cast("Awaitable[HttpResponseBase]", self.get_response(request))

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        slug = kwargs.get("club_slug")
        if slug is None:
            return None
        try:
            membership = access_club(request.user, slug)
        except ProductError as error:
            # What process_view raises never reaches process_exception.
            return refuse(request, error)
        scoped = cast("_ScopedRequest", request)
        scoped.club = membership.club
        scoped.membership = membership
        scoped.club_scopes.enter_context(club_scope(membership.club))
        scoped.club_scopes.enter_context(about(speech=kwargs.get("speech_id")))
        return None


class _ScopedRequest(ClubRequest):
    """The request between the two halves of :class:`ClubMiddleware`."""

    club_scopes: ExitStack


def _scopes_of(request: HttpRequest) -> ExitStack:
    """An empty stack on the request, which ``process_view`` may enter a scope on."""
    scopes = ExitStack()
    cast("_ScopedRequest", request).club_scopes = scopes
    return scopes
