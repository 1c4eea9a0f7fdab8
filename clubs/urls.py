"""Addresses of the pages about clubs and people."""

from django.urls import path

from clubs.views import data, home, invitations, people

_PEOPLE = "clubs/<slug:club_slug>/people/"

urlpatterns = [
    path("", home.home, name="home"),
    path("accounts/", home.account, name="account"),
    path("accounts/signed-in/", home.signed_in, name="signed_in"),
    path("accounts/data/", data.your_data, name="your_data"),
    path("accounts/data/export/", data.export_data, name="export_data"),
    path("accounts/data/erase/", data.erase_data, name="erase_data"),
    path("clubs/", home.clubs, name="clubs"),
    path("invitations/<str:invitation_token>/", invitations.invitation, name="invitation"),
    path(_PEOPLE, people.people, name="people"),
    path(f"{_PEOPLE}leave/", people.leave, name="leave"),
    path(f"{_PEOPLE}invitations/", invitations.invite, name="invite"),
    path(
        f"{_PEOPLE}invitations/<int:invitation_id>/revoke/",
        invitations.revoke,
        name="revoke_invitation",
    ),
    path(f"{_PEOPLE}<int:member_id>/manage/", people.member, name="member"),
    path(f"{_PEOPLE}<int:member_id>/role/", people.change_role, name="change_role"),
    path(f"{_PEOPLE}<int:member_id>/remove/", people.remove, name="remove_member"),
]
