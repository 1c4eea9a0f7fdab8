"""Markup in whatever people say, write or draft is text on every page that shows a speech."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clubs.models import Membership
from clubs.scoping import club_scope
from evaluations.models import StageResult
from sessions_app.models import Speech
from sessions_app.sharing import links
from tests.cast import Cast
from tests.sessions_app.kept import keep_speech

# What is one of a few values, and no text.
FIXED = {"type", "roleId", "evaluationStyle", "speakerId"}
# The pages show a segment's text and a report's title; the others are their copies.
UNSHOWN = {"transcript.segments.words.word", "roles.results.roleName", "roles.results.script"}
RAW = re.compile(r"<i data-at")
SHOWN = re.compile(r"&lt;i data-at=(?:&quot;|&#34;)(\d+)")


class Marking:
    """Puts markup of its own number into every text."""

    def __init__(self) -> None:
        self.places: list[str] = []

    def text(self, place: str) -> str:
        self.places.append(place)
        return f'<i data-at="{len(self.places) - 1}">'

    def marked(self, value: Any, place: str) -> Any:
        match value:
            case dict():
                return {
                    name: one if name in FIXED else self.marked(one, f"{place}.{name}")
                    for name, one in value.items()
                }
            case list():
                return [self.marked(one, place) for one in value]
            case str():
                return f"{value} {self.text(place)}"
        return value


@pytest.fixture
def marking() -> Marking:
    return Marking()


@pytest.fixture
def speech(cast: Cast, marking: Marking) -> Speech:
    said = {name: marking.text(name) for name in ("title", "speaker_name", "project_type")}
    speech = keep_speech(
        cast.club, speaker=cast.member, objectives=[marking.text("objectives")], **said
    )
    with club_scope(cast.club):
        for result in StageResult.objects.filter(stage__in=("transcript", "script", "roles")):
            result.result = marking.marked(result.result, result.stage)
            result.save()
    return speech


@pytest.fixture
def pages(cast: Cast, speech: Speech) -> dict[str, str]:
    """Every page that shows something of the speech, by its route."""
    with club_scope(cast.club):
        officer = Membership.objects.get(user=cast.officer)
        _, token = links.make(officer, speech, 7, timezone.now())
    slug = cast.club.slug
    addresses = {
        "session": reverse("session", args=[slug, speech.pk]),
        "shared": reverse("shared", args=[token]),
        "live": reverse("live", args=[slug, speech.pk]),
        "watch": reverse("watch", args=[slug, speech.pk]),
        "sessions": reverse("sessions", args=[slug]),
        "club": reverse("club", args=[slug]),
        "person": reverse("person", args=[slug, cast.member.pk]),
    }
    client = Client()
    client.force_login(cast.officer)
    return {name: client.get(address).content.decode() for name, address in addresses.items()}


def test_no_page_takes_it_for_its_own(pages: dict[str, str]):
    assert {name for name, page in pages.items() if RAW.search(page)} == set()
    assert {name for name, page in pages.items() if not SHOWN.search(page)} == set()


def test_every_field_is_shown_as_it_was_given(pages: dict[str, str], marking: Marking):
    shown = {marking.places[int(at)] for page in pages.values() for at in SHOWN.findall(page)}
    assert set(marking.places) - shown == UNSHOWN
