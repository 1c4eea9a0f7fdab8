"""The admin's door, and the clubs that are in force behind it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import update_wrapper
from typing import Any
from weakref import WeakKeyDictionary

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver
from django_scopes import scopes_disabled

from clubs.access import NOT_FOUND, clubs_of
from clubs.models import Club, User
from clubs.permissions import Action, allows
from clubs.scoping import clubs_scope
from speechcoach.errors import NotFoundError

View = Callable[..., HttpResponseBase]


# What was found for a request goes with it.
_managed: WeakKeyDictionary[HttpRequest, list[Club]] = WeakKeyDictionary()


def managed_clubs(request: HttpRequest) -> list[Club]:
    """The clubs whose data the user of this request manages; asked once a request."""
    found = _managed.get(request)
    if found is None:
        found = _managed[request] = [
            membership.club
            for membership in clubs_of(request.user)
            if allows(membership.role, Action.MANAGE_RETENTION)
            and membership.club.suspended_at is None
        ]
    return found


def user_of(request: HttpRequest) -> User:
    """Who is behind the door. Raises ``TypeError`` for nobody."""
    if not isinstance(request.user, User):
        raise TypeError("the admin is for who is signed in")
    return request.user


def sees_all(request: HttpRequest) -> bool:
    """Whether the user of this request manages the deployment."""
    return request.user.is_active and request.user.is_superuser


class ClubAdminSite(admin.AdminSite):
    """Open to officers and owners, by their memberships, and to superusers.

    Behind it the clubs somebody manages are in force for every query, whoever makes it: lists,
    choices, searches, checks of uniqueness. Superusers see all clubs; what they look at is noted.
    """

    site_header = "Speechcoach"
    site_title = "Speechcoach"
    index_title = "Manage"
    # Its script opens it after the page is painted, and everything on the page jumps aside; the
    # sections are on the first page.
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and (sees_all(request) or bool(managed_clubs(request)))

    # Django's own signature.
    def admin_view(self, view: View, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002
        def scoped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with self._scope(request):
                response = view(request, *args, **kwargs)
                # Its template asks for rows, too.
                return response.render() if isinstance(response, TemplateResponse) else response

        return super().admin_view(update_wrapper(scoped, view), cacheable)

    @staticmethod
    def _scope(request: HttpRequest) -> AbstractContextManager[None]:
        disabled: AbstractContextManager[None] = scopes_disabled()
        return disabled if sees_all(request) else clubs_scope(managed_clubs(request))

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Through the product's own sign-in; for who is signed in, the admin is there or not."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise NotFoundError(NOT_FOUND)
        return redirect_to_login(request.GET.get("next") or request.get_full_path())

    def get_urls(self) -> list[URLPattern | URLResolver]:
        # It would say of any row of any table whether it exists.
        return [route for route in super().get_urls() if route_name(route) != "view_on_site"]


def route_name(route: URLPattern | URLResolver) -> str | None:
    return route.name if isinstance(route, URLPattern) else None
