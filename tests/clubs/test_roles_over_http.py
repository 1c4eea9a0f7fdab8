"""The table of actions and roles, over the product's own addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from clubs.models import RetentionPolicy, User
from clubs.permissions import TABLE, Action, Role, allows
from clubs.scoping import club_scope
from tests.cast import Cast
from tests.isolation.objects import look_alikes
from tests.isolation.routes import Kind, walk

MEETING = {"title": "Spring", "starts_at": "2027-03-04T19:30", "time_zone": "UTC"}
SLOT = {"time_limit_seconds": "120"}
GOAL = {"measure": "fillers", "direction": "at_most", "target": "2"}
RETENTION = {
    "auto_purge_seconds": "900",
    "audio_days": "30",
    "transcript_days": "40",
    "evaluation_days": "50",
}
TOKEN = {"purpose": "session", "club": "anchor"}
COACH_TOKEN = {"purpose": "realtime", "club": "anchor"}


@dataclass(frozen=True)
class Call:
    """A request that one action stands before, and what it is answered where it is allowed.

    The address is one of the club, below its own, with the names of ``stage`` in braces.
    """

    method: str
    address: str
    fields: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    def __str__(self) -> str:
        return f"{self.method} {self.address}"

    @property
    def path(self) -> str:
        return self.address if self.address.startswith("/") else f"/clubs/anchor/{self.address}"

    @property
    def in_admin(self) -> bool:
        return self.path.startswith("/admin/")

    @property
    def in_api(self) -> bool:
        return self.path.startswith("/api/")


CALLS: dict[Action, list[Call]] = {
    Action.VIEW_CLUB: [
        Call("get", ""),
        Call("get", "meetings/"),
        Call("get", "meetings/{meeting_id}/"),
        Call("get", "people/leave/"),
    ],
    Action.VIEW_PEOPLE: [Call("get", "people/"), Call("get", "people/{person}/")],
    Action.VIEW_SPEECH: [
        Call("get", "sessions/"),
        Call("get", "sessions/{speech_id}/"),
        Call("get", "sessions/{speech_id}/watch/"),
        Call("get", "sessions/{speech_id}/files/{run}/{name}"),
        Call("get", "sessions/{speech_id}/export.md"),
        Call("get", "sessions/{speech_id}/export.json"),
        Call("get", "sessions/{speech_id}/export.pdf"),
        Call("get", "sessions/{speech_id}/compare/"),
        Call("get", "sessions/{speech_id}/share/", status=302),
    ],
    Action.OPERATE: [
        Call("post", "sessions/new/", status=302),
        Call("get", "sessions/{speech_id}/live/"),
        Call("post", "meetings/{meeting_id}/slots/{slot_id}/start/", status=302),
        Call("post", "/api/voice/token", TOKEN),
    ],
    Action.UPLOAD: [
        Call("get", "sessions/upload/"),
        Call("post", "sessions/upload/", status=422),
        Call("get", "sessions/{speech_id}/uploaded/"),
        Call("get", "sessions/{speech_id}/uploaded/status/"),
        Call("get", "sessions/{speech_id}/uploaded/sound/"),
    ],
    Action.PRACTISE: [
        Call("get", "coach/"),
        Call("post", "/api/voice/token", COACH_TOKEN),
    ],
    Action.MANAGE_MEETINGS: [
        Call("get", "meetings/new/"),
        Call("post", "meetings/new/", MEETING, 302),
        Call("get", "meetings/{meeting_id}/edit/"),
        Call("post", "meetings/{meeting_id}/edit/", MEETING, 302),
        Call("post", "meetings/{meeting_id}/remove/", status=302),
        Call("get", "meetings/{meeting_id}/slots/new/"),
        Call("post", "meetings/{meeting_id}/slots/new/", SLOT, 302),
        Call("post", "meetings/{meeting_id}/slots/{slot_id}/edit/", SLOT, 302),
        Call("post", "meetings/{meeting_id}/slots/{slot_id}/move/", {"way": "up"}, 302),
        Call("post", "meetings/{meeting_id}/slots/{slot_id}/remove/", status=302),
    ],
    Action.TAKE_SLOT: [
        Call("post", "meetings/{meeting_id}/slots/{slot_id}/take/", status=302),
        Call("post", "meetings/{meeting_id}/slots/{slot_id}/release/", status=302),
        Call("post", "meetings/{meeting_id}/slots/{slot_id}/speech/", {"title": "Rivers"}, 302),
    ],
    Action.SET_GOALS: [
        Call("post", "people/{me}/goals/", GOAL, 302),
        Call("post", "people/{me}/goals/remove/", status=302),
    ],
    Action.SET_OWN_FILLERS: [
        Call("get", "fillers/"),
        Call("post", "fillers/add/", {"whose": "own", "phrase": "look"}, 302),
        Call("post", "fillers/remove/", {"whose": "own"}, 302),
    ],
    Action.SET_CLUB_FILLERS: [
        Call("post", "fillers/add/", {"whose": "club", "phrase": "look"}, 302),
        Call("post", "fillers/remove/", {"whose": "club"}, 302),
    ],
    Action.MANAGE_PEOPLE: [
        Call("post", "people/invitations/", {"role": "member"}),
        Call("post", "people/invitations/{invitation_id}/revoke/", status=302),
        Call("get", "people/{member_id}/manage/"),
        Call("post", "people/{member_id}/role/", {"role": "member"}, 302),
        Call("post", "people/{member_id}/remove/", status=302),
    ],
    Action.MANAGE_ENGINES: [Call("get", "engines/")],
    Action.MANAGE_RETENTION: [Call("get", "/admin/clubs/retentionpolicy/{policy}/change/")],
}
# Past VIEW_SPEECH or UPLOAD these ask whose speech it is; tests/sessions_app looks at each.
ASK_WHOSE = {"set_visibility", "set_speaker", "revoke_link"}
ASK_WHOSE |= {
    "correct",
    "evaluate",
    "upload_piece",
    "save_upload",
    "discard_upload",
    "retry_upload",
}

EVERY_CALL = pytest.mark.parametrize(
    ("action", "call"),
    [(action, call) for action, calls in CALLS.items() for call in calls],
    ids=str,
)


class Stage:
    """The cast's club with one of everything, and requests to it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        mine, _theirs = look_alikes(cast)
        with club_scope(cast.club):
            self.policy = RetentionPolicy.objects.create(club=cast.club)
        self._names = {**mine.arguments, "policy": self.policy.pk}

    def address(self, call: Call, user: User | None) -> str:
        return call.path.format(**self._names, me=user.pk if user else self.cast.member.pk)

    def send(self, call: Call, user: User | None, **how: Any) -> Any:
        client = Client()
        if user is not None:
            client.force_login(user)
        if call.in_api:
            how["content_type"] = "application/json"
        return getattr(client, call.method)(self.address(call, user), dict(call.fields), **how)


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return Stage(cast)


def assert_refused(stage: Stage, call: Call, user: User, action: Action) -> None:
    if call.in_admin:
        # It is there, or it is not; nothing says what one would have to be.
        assert stage.send(call, user, follow=True).status_code == 404
        return
    answer = stage.send(call, user)
    assert answer.status_code == 403
    assert f"may not {action.value}" in unescape(answer.content.decode())


def test_every_action_has_its_requests():
    assert set(CALLS) == set(Action) == set(TABLE)
    assert all(CALLS.values())


def test_every_address_of_a_club_stands_behind_an_action(stage):
    asked = {
        resolve(stage.address(call, None)).url_name for calls in CALLS.values() for call in calls
    }
    assert {route.name for route in walk() if route.kind is Kind.CLUB} - asked == ASK_WHOSE


@pytest.mark.parametrize("role", Role)
@EVERY_CALL
def test_cell(stage, action, call, role):
    user = stage.cast.roles[role]
    if allows(role, action):
        assert stage.send(call, user).status_code == call.status
    else:
        assert_refused(stage, call, user, action)


@EVERY_CALL
def test_it_is_this_action_that_opens_it(stage, action, call, monkeypatch):
    """Also where the table allows it to everybody."""
    monkeypatch.setitem(TABLE, action, frozenset())
    assert_refused(stage, call, stage.cast.owner, action)


@EVERY_CALL
def test_a_stranger(stage, action, call):
    answer = stage.send(call, stage.cast.stranger, follow=call.in_admin)
    if call.in_admin:
        # They manage a club of their own; this one's row is not there.
        assert answer.redirect_chain == [("/admin/", 302)]
        assert "exist" in answer.content.decode()
    else:
        assert answer.status_code == (403 if call.in_api else 404)
    assert f"may not {action.value}" not in unescape(answer.content.decode())


@EVERY_CALL
def test_a_visitor(stage, action, call):
    answer = stage.send(call, None, follow=call.in_admin)
    if call.in_api:
        assert answer.status_code == 401
        assert answer.json()["error"] == "signed_out"
    elif call.in_admin:
        assert answer.redirect_chain[-1][0].startswith("/accounts/login/")
    else:
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("/accounts/login/")
        asked = stage.send(call, None, headers={"accept": "application/json"})
        assert asked.status_code == 401
        assert asked.json()["error"] == "signed_out"


@pytest.mark.parametrize("who", [*Role, "stranger", "visitor"])
def test_how_long_things_are_kept_is_changed_by_who_may(stage, who):
    """The admin answers a form with a redirect, taken or not: the row tells."""
    everybody = {**stage.cast.roles, "stranger": stage.cast.stranger, "visitor": None}
    [shown] = CALLS[Action.MANAGE_RETENTION]
    stage.send(Call("post", shown.address, RETENTION), everybody[who])
    with club_scope(stage.cast.club):
        kept = RetentionPolicy.objects.get(club=stage.cast.club).audio_days
    may = who in TABLE[Action.MANAGE_RETENTION]
    assert kept == (30 if may else stage.policy.audio_days)
