"""How HTTP says a :class:`ProductError`: as a page, as JSON, or as the way to the sign-in page."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from speechcoach.errors import ProductError, SignedOutError

_MACHINE_PATHS = ("/api/", "/stream/")
_PAGES = {403: "403.html", 404: "404.html"}


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asked: by the address, or by accepting JSON and no page."""
    return request.path.startswith(_MACHINE_PATHS) or (
        request.accepts("application/json") and not request.accepts("text/html")
    )


def refuse(request: HttpRequest, error: ProductError) -> HttpResponse:
    """The answer that stands for ``error``; it depends on nothing the asker may not know."""
    if wants_json(request):
        if isinstance(error, SignedOutError):
            # Else the answer would take the stale cookie away from the browser, and with it the one
            # that a sign-in or a new password in another tab has set a moment ago.
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return JsonResponse(
            {"error": error.code, "message": error.sentence}, status=error.http_status
        )
    if isinstance(error, SignedOutError):
        return redirect_to_login(request.get_full_path())
    return render(
        request,
        _PAGES.get(error.http_status, "error.html"),
        {"sentence": error.sentence},
        status=error.http_status,
    )
