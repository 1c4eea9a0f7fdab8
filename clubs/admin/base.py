"""What every section of the admin about a club's data is made of."""

import csv
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone

from clubs.admin_site import managed_clubs, sees_all, user_of
from clubs.managers import ClubManager
from clubs.models import AuditEvent, Club, Membership, User

if TYPE_CHECKING:
    # Generic in the stubs only.
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin


class ClubFilter(admin.SimpleListFilter):
    """By club, among those that the user may know of."""

    title = "club"
    parameter_name = "club"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        clubs = Club.objects.all() if sees_all(request) else managed_clubs(request)
        return [(str(club.pk), club.name) for club in clubs]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        known = {key for key, _ in self.lookup_choices}
        return queryset.filter(club=self.value()) if self.value() in known else queryset


class ClubAdmin(_ModelAdmin):
    """A table of club data: what may be done, and only to what belongs to the user's clubs.

    ``may`` names what managers may do of view, add, change and delete; superusers may not do more.
    Where rows say what members said or did, ``shows_content`` is set: then what a superuser looks
    at is noted in the audit.
    """

    may: frozenset[str] = frozenset({"view"})
    shows_content = False
    view_on_site = False
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        if sees_all(request):
            return rows
        # The manager does so already; twice, because this is the one place for it.
        return rows.filter(club__in=managed_clubs(request))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if not sees_all(request):
            kwargs["queryset"] = _choices(db_field.remote_field.model, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # A row never moves to another club.
        fixed = () if obj is None else ("club",)
        return (*super().get_readonly_fields(request, obj), *fixed)

    # Who may do what

    def _allows(self, request: HttpRequest, what: str, obj: Any) -> bool:
        if what not in self.may:
            return False
        if sees_all(request):
            return True
        clubs = managed_clubs(request)
        return bool(clubs) and (obj is None or obj.club_id in {club.pk for club in clubs})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._allows(request, "view", None)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._allows(request, "view", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._allows(request, "add", None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._allows(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._allows(request, "delete", obj)

    # What superusers look at

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        self._note(request)
        return super().changelist_view(request, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        self._note(request, object_id)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _note(self, request: HttpRequest, object_id: str | None = None) -> None:
        if self.shows_content and sees_all(request):
            found = self.get_object(request, object_id) if object_id else None
            note(request, AuditEvent.Action.VIEWED, self.model, found)


class OneRowAdmin(ClubAdmin):
    """A table with one row a club at most: it is added for a club that has none yet."""

    may = frozenset({"view", "add", "change"})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and self._without(request).exists()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "club":
            field.queryset = self._without(request)
        return field

    def _without(self, request: HttpRequest) -> Any:
        clubs = Club.objects.all()
        if not sees_all(request):
            clubs = clubs.filter(pk__in=[club.pk for club in managed_clubs(request)])
        return clubs.exclude(pk__in=self.model._default_manager.values("club"))


class LogAdmin(ClubAdmin):
    """A log: read, searched, and taken along as CSV."""

    change_list_template = "admin/log_change_list.html"
    actions = None

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_csv"
        own = path("csv/", self.admin_site.admin_view(self.csv_view), name=name)
        return [own, *super().get_urls()]

    def csv_view(self, request: HttpRequest) -> HttpResponse:
        """Every row of the user's clubs. The audit notes it."""
        stamp = f"{timezone.now():%Y-%m-%d}"
        name = f"{self.opts.model_name}-{stamp}.csv"
        response = HttpResponse(
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
        fields = [field.attname for field in self.opts.concrete_fields]
        writer = csv.writer(response)
        writer.writerow(fields)
        for row in self.get_queryset(request).values_list(*fields).iterator():
            writer.writerow([_cell(value) for value in row])
        note(request, AuditEvent.Action.CSV, self.model)
        return response


def note(request: HttpRequest, action: str, model: type[models.Model], row: Any = None) -> None:
    """Write in the audit what the user does; of a list, in each club that it shows."""
    clubs: Sequence[Club | None] = [None] if sees_all(request) else managed_clubs(request)
    if row is not None:
        clubs = [row.club]
    for club in clubs:
        AuditEvent.objects.create(
            club=club,
            actor=user_of(request).pk,
            action=action,
            table=model._meta.label,
            object_id="" if row is None else str(row.pk),
        )


def _choices(model: type[models.Model], request: HttpRequest) -> Any:
    """What of another table a club's manager may choose from."""
    clubs = managed_clubs(request)
    if model is Club:
        return Club.objects.filter(pk__in=[club.pk for club in clubs])
    if model is User:
        return User.objects.filter(pk__in=Membership.objects.filter(club__in=clubs).values("user"))
    if isinstance(model._default_manager, ClubManager):
        return model._default_manager.filter(club__in=clubs)
    raise ImproperlyConfigured(f"which rows of {model._meta.label} may a club's officer choose?")


def _cell(value: object) -> object:
    """A value that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value
