"""Addresses of the pages about meetings."""

from django.urls import path

from sessions_app.meetings import slots, views

_MEETINGS = "clubs/<slug:club_slug>/meetings/"
_MEETING = f"{_MEETINGS}<int:meeting_id>/"
_SLOT = f"{_MEETING}slots/<int:slot_id>/"

urlpatterns = [
    path(_MEETINGS, views.meetings, name="meetings"),
    path(f"{_MEETINGS}new/", views.new_meeting, name="new_meeting"),
    path(_MEETING, views.meeting, name="meeting"),
    path(f"{_MEETING}edit/", views.edit_meeting, name="edit_meeting"),
    path(f"{_MEETING}remove/", views.remove_meeting, name="remove_meeting"),
    path(f"{_MEETING}slots/new/", slots.new_slot, name="new_slot"),
    path(f"{_SLOT}edit/", slots.edit_slot, name="edit_slot"),
    path(f"{_SLOT}remove/", slots.remove_slot, name="remove_slot"),
    path(f"{_SLOT}move/", slots.move_slot, name="move_slot"),
    path(f"{_SLOT}take/", slots.take_slot, name="take_slot"),
    path(f"{_SLOT}release/", slots.release_slot, name="release_slot"),
    path(f"{_SLOT}speech/", slots.describe_slot, name="describe_slot"),
    path(f"{_SLOT}start/", slots.start_slot, name="start_slot"),
]
