"""People and clubs."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth import admin as auth_admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from clubs.admin.base import ClubAdmin, ClubFilter
from clubs.admin_site import managed_clubs, sees_all, user_of
from clubs.erasure import erase_from_club
from clubs.models import Club, Membership, User
from clubs.permissions import may_remove
from speechcoach.errors import ForbiddenError

if TYPE_CHECKING:
    # Generic in the stubs only.
    _ModelAdmin = admin.ModelAdmin[Any]
    _UserAdmin = auth_admin.UserAdmin[User]
else:
    _ModelAdmin = admin.ModelAdmin
    _UserAdmin = auth_admin.UserAdmin


class SuperusersOnly(_ModelAdmin):
    """Managing a club opens the admin's door; what is everybody's is behind another."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return sees_all(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return sees_all(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return sees_all(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return sees_all(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return sees_all(request)


@admin.register(User)
class UserAdmin(SuperusersOnly, _UserAdmin):
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email", "name")
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("Access", {"fields": ("is_active", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
    )


@admin.register(Club)
class ClubsAdmin(SuperusersOnly):
    list_display = ("name", "slug", "created_at", "suspended_at")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Membership)
class MembershipAdmin(ClubAdmin):
    """Who belongs to a club. Roles are changed on the club's own pages; here people are erased."""

    list_display = ("person", "role", "club", "joined_at")
    list_filter = (ClubFilter, "role")
    list_select_related = ("user", "club")
    search_fields = ("user__name", "user__email")
    fields = ("club", "person", "role", "joined_at")
    actions = ("erase",)
    shows_content = True

    @admin.display(ordering="user__name")
    def person(self, membership: Membership) -> str:
        return membership.user.get_full_name()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @admin.action(description="Erase what the club holds of these people…", permissions=["erase"])
    def erase(self, request: HttpRequest, chosen: Any) -> HttpResponse | None:
        """Asks once more, and erases them from the club. Their accounts stay theirs."""
        chosen = list(chosen.select_related("user", "club"))
        barred = [member for member in chosen if not self._may_erase(request, member)]
        if barred:
            names = ", ".join(member.user.get_full_name() for member in barred)
            sentence = f"Your role in the club may not remove {names}."
            self.message_user(request, sentence, messages.ERROR)
            return None
        if request.POST.get("confirm") != "erase":
            context = {
                **self.admin_site.each_context(request),
                "title": "Erase people from a club",
                "opts": self.opts,
                "members": chosen,
            }
            return TemplateResponse(request, "admin/clubs/membership/erase.html", context)
        for member in chosen:
            try:
                receipt = erase_from_club(member.user, member.club, by=user_of(request))
            except ForbiddenError as error:
                self.message_user(request, error.sentence, messages.ERROR)
            else:
                self.message_user(request, f"Erased. The receipt is {receipt.pk}.")
        return None

    def _may_erase(self, request: HttpRequest, member: Membership) -> bool:
        if sees_all(request):
            return True
        if member.club not in managed_clubs(request):
            return False
        own = Membership.objects.get(club=member.club, user=user_of(request))
        return own == member or may_remove(own.role, member.role)
