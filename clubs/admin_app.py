"""The admin as an application: Django's, with our site."""

from django.contrib.admin.apps import AdminConfig


class ClubAdminConfig(AdminConfig):
    default_site = "clubs.admin_site.ClubAdminSite"
