"""What must hold of a route, by its kind; where it does not, the check fails."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.sessions.models import Session
from django.shortcuts import resolve_url
from django.test import Client
from django.test.client import ClientHandler
from django.urls import resolve, reverse
from django_scopes import scopes_disabled

from clubs.models import Club, Membership, User
from sessions_app.source import vault_key
from sessions_app.stream import Entry
from speechcoach.providers import live_metrics
from tests.cast import Cast, Role
from tests.isolation.objects import MADE_UP, OUTSIDE, LookAlike
from tests.isolation.routes import Kind, Route

# The test client's response: the product's, with attributes of the client's own.
Response = Any

METHODS = ("get", "head", "options", "post", "put", "patch", "delete")
# What a member of the club may be told by an address of their own club.
ANSWERED = {200, 204, 302, 403, 405}


@dataclass(frozen=True)
class Stage:
    """Two clubs that look alike, and the people: ``mine`` is the cast's club, ``theirs`` the
    stranger's."""

    cast: Cast
    mine: LookAlike
    theirs: LookAlike

    @property
    def insiders(self) -> dict[str, User]:
        return {role.value: user for role, user in self.cast.roles.items()}


def check(route: Route, stage: Stage) -> None:
    CHECKS[route.kind](route, stage)


def _check_club(route: Route, stage: Stage) -> None:
    address = route.address(stage.mine.arguments)
    assert resolve(address).func is route.view, f"{address} leads elsewhere"
    _check_visitor(address)
    _check_stranger(route, stage, address)
    for role, user in stage.insiders.items():
        response = _send(user, "get", address)
        assert response.status_code in ANSWERED, f"{role}: {response.status_code} at {address}"
        assert stage.theirs.canary.encode() not in _bytes(response), f"{role} reads the other club"
        _check_foreign_objects(route, stage, role, user)


def _check_visitor(address: str) -> None:
    for method in METHODS:
        response = _send(None, method, address)
        login = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': address}, safe='/')}"
        assert response.status_code == 302, f"a visitor is answered {response.status_code}"
        assert response.headers["location"] == login
    response = _send(None, "get", address, headers={"accept": "application/json"})
    assert response.status_code == 401
    assert response.json()["error"] == "signed_out"


def _check_stranger(route: Route, stage: Stage, address: str) -> None:
    nowhere = route.address({**stage.mine.arguments, "club_slug": MADE_UP["club_slug"]})
    for method in METHODS:
        known = _send(stage.cast.stranger, method, address)
        made_up = _send(stage.cast.stranger, method, nowhere)
        assert known.status_code == 404, f"a stranger's {method} is answered {known.status_code}"
        _assert_same(known, made_up, f"a stranger's {method}")


def _check_foreign_objects(route: Route, stage: Stage, role: str, user: User) -> None:
    """One's own club's address with another club's object is the address of nothing."""
    for name in route.arguments:
        mine = stage.mine.arguments
        if name == "club_slug" or mine[name] == stage.theirs.arguments[name]:
            continue
        foreign = route.address({**mine, name: stage.theirs.arguments[name]})
        nowhere = route.address({**mine, name: MADE_UP[name]})
        for method in METHODS:
            known, made_up = _send(user, method, foreign), _send(user, method, nowhere)
            who = f"{role}'s {method} with the other club's {name}"
            assert known.status_code in {403, 404, 405}, f"{who} is answered {known.status_code}"
            if known.status_code == 404:
                _assert_same(known, made_up, who)
            assert known.status_code == made_up.status_code, who


def _check_api(route: Route, stage: Stage) -> None:
    address = route.address({})
    answers = [_call(None, method, address, stage.mine.arguments) for method in METHODS]
    for response in answers:
        assert response.status_code in {400, 401, 404, 405}, response.status_code
    unauthorised = [response for response in answers if response.status_code == 401]
    assert unauthorised, f"nobody was asked to sign in at {address}: does _call send enough?"
    assert all(response.json()["error"] == "signed_out" for response in unauthorised)

    outsiders = [("stranger", stage.cast.stranger, stage.mine.arguments, MADE_UP)]
    for role, user in stage.insiders.items():
        mine = stage.mine.arguments
        theirs = {**mine, "speech_id": stage.theirs.arguments["speech_id"]}
        outsiders.append((role, user, theirs, {**mine, "speech_id": MADE_UP["speech_id"]}))
        outsiders.append((role, user, stage.theirs.arguments, MADE_UP))
    for role, user, asked, nothing in outsiders:
        for method in METHODS:
            known = _call(user, method, address, asked)
            assert known.status_code in {400, 403, 404, 405}, f"{role}: {known.status_code}"
            _assert_same(known, _call(user, method, address, nothing), f"{role}'s {method}")
    for role, user in stage.insiders.items():
        for method in METHODS:
            response = _call(user, method, address, stage.mine.arguments)
            assert stage.theirs.canary.encode() not in _bytes(response), role


def _check_stream(route: Route, stage: Stage) -> None:
    """As an API call, while both clubs' speeches are given; and insiders are told of theirs."""
    async_to_sync(_give)(stage.cast.club, stage.mine)
    async_to_sync(_give)(stage.cast.other, stage.theirs)
    _check_api(route, stage)
    for role, user in stage.insiders.items():
        response = _call(user, "get", route.address({}), stage.mine.arguments)
        assert response.status_code == 200, f"{role} is answered {response.status_code}"
        assert response.headers["content-type"] == "text/event-stream", role
        assert stage.mine.canary.encode() in _bytes(response), f"{role} is told nothing"


async def _give(club: Club, look_alike: LookAlike) -> None:
    """A bar of the club's speech that tells whose it is."""
    ring = live_metrics().broadcaster.ring
    key = vault_key(club.pk, str(look_alike.arguments["speech_id"]))
    epoch = await ring.begin(key)
    await ring.put(key, epoch, [Entry(0, 1, forming=False, text=json.dumps(look_alike.canary))])


def _check_admin(route: Route, stage: Stage) -> None:
    """Only who manages a club gets in, and sees that one; ``test_admin`` looks at every table."""
    address = route.address(OUTSIDE)
    roles = stage.cast.roles
    for user in (None, roles[Role.MEMBER], roles[Role.OPERATOR]):
        response = _send(user, "get", address)
        assert response.status_code in {302, 404, 405}, response.status_code
        if response.status_code == 302:
            ways_in = (reverse("admin:index"), resolve_url(settings.LOGIN_URL))
            assert response.headers["location"].startswith(ways_in)
        _assert_no_canary(response, stage)
    for user, hidden in (
        (roles[Role.OFFICER], stage.theirs),
        (roles[Role.OWNER], stage.theirs),
        (stage.cast.stranger, stage.mine),
    ):
        response = _send(user, "get", address)
        assert response.status_code in {200, 302, 403, 404, 405}, response.status_code
        assert hidden.canary.encode() not in _bytes(response), "a manager sees another club"


def _check_account(route: Route, stage: Stage) -> None:
    address = route.address(OUTSIDE)
    response = _send(None, "get", address)
    assert response.status_code in {200, 302, 404, 405}, response.status_code
    _assert_no_canary(response, stage)
    for role, user in stage.insiders.items():
        response = _send(user, "get", address)
        assert response.status_code in {200, 302, 403, 404, 405}, f"{role}: {response.status_code}"
        assert stage.theirs.canary.encode() not in _bytes(response), role


def _check_public(route: Route, stage: Stage) -> None:
    address = route.address({})
    _assert_no_canary(_send(None, "get", address), stage)
    for role, user in stage.insiders.items():
        assert stage.theirs.canary.encode() not in _bytes(_send(user, "get", address)), role


def _check_personal(route: Route, stage: Stage) -> None:
    address = route.address({})
    for method in METHODS:
        response = _send(None, method, address)
        assert response.status_code in {302, 405}, f"a visitor is answered {response.status_code}"
        if response.status_code == 302:
            assert response.headers["location"].startswith(resolve_url(settings.LOGIN_URL))
    for role, user in stage.insiders.items():
        for method in METHODS:
            response = _send(user, method, address)
            assert response.status_code in {200, 302, 400, 405}, f"{role}: {response.status_code}"
            assert stage.theirs.canary.encode() not in _bytes(response), role


def _check_token(route: Route, stage: Stage) -> None:
    """A token opens its own club's door, to be used by POST; a spent one is as good as none."""
    [name] = route.arguments
    nowhere = route.address(MADE_UP)
    everybody = {"visitor": None, "stranger": stage.cast.stranger, **stage.insiders}
    for who, user in everybody.items():
        for method in METHODS:
            made_up = _send(user, method, nowhere)
            assert made_up.status_code in {404, 405}, f"{who}: {made_up.status_code}"
            for token in (*stage.mine.spent[name], *stage.theirs.spent[name]):
                known = _send(user, method, route.address({name: token}))
                _assert_same(known, made_up, f"{who}'s {method} with a spent token")
    for opened, hidden in ((stage.mine, stage.theirs), (stage.theirs, stage.mine)):
        address = route.address(opened.arguments)
        members = _members()
        for who, user in everybody.items():
            for method in METHODS:
                if method == "post" and user is not None:
                    continue
                body = _bytes(_send(user, method, address))
                # What a person's own club is called stands on every page they see.
                own = hidden is stage.mine and user in stage.insiders.values()
                own = own or (hidden is stage.theirs and user == stage.cast.stranger)
                assert own or hidden.canary.encode() not in body, f"{who} reads another club"
        assert _members() == members, "somebody joined without having said so"


def _members() -> set[tuple[int, int]]:
    with scopes_disabled():
        return set(Membership.objects.values_list("club_id", "user_id"))


CHECKS = {
    Kind.CLUB: _check_club,
    Kind.API: _check_api,
    Kind.STREAM: _check_stream,
    Kind.ADMIN: _check_admin,
    Kind.ACCOUNT: _check_account,
    Kind.PERSONAL: _check_personal,
    Kind.PUBLIC: _check_public,
    Kind.TOKEN: _check_token,
}


# Each client would build the middleware anew: a sixth of what thousands of requests cost.
_HANDLER = ClientHandler(enforce_csrf_checks=False)


def _send(user: User | None, method: str, address: str, **how) -> Response:
    client = Client(raise_request_exception=True)
    client.handler = _HANDLER
    if user is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = _session_key(user)
    return getattr(client, method)(address, **how)


def _session_key(user: User) -> str:
    """Of a sign-in of this user's, made once: it costs more than most requests do.

    Kept with the object, which lives as long as the rows of its test.
    """
    known = vars(user)
    key = known.get("_session_key")
    if key is None or not Session.objects.filter(pk=key).exists():
        client = Client()
        client.force_login(user)
        key = known["_session_key"] = client.session.session_key
    return str(key)


def _call(
    user: User | None, method: str, address: str, arguments: Mapping[str, object]
) -> Response:
    """An API call that names its objects in the query and in the body, by the contract's names."""
    named = {
        "purpose": "session",
        "club": str(arguments["club_slug"]),
        "speech": str(arguments["speech_id"]),
    }
    address = f"{address}?{urlencode(named)}"
    if method in {"get", "head"}:
        return _send(user, method, address)
    return _send(user, method, address, data=json.dumps(named), content_type="application/json")


def _bytes(response: Response) -> bytes:
    """Headers and body; of a stream, its first thousand pieces."""
    body: bytes
    if not response.streaming:
        body = response.content
    elif response.is_async:
        body = async_to_sync(_begin)(response)
    else:
        body = b"".join(islice(response.streaming_content, 1000))
    # Says when, to the second; not what.
    headers = {name: value for name, value in response.items() if name != "Expires"}
    return f"{headers}\n".encode() + body


async def _begin(response: Response) -> bytes:
    """What a stream says first: how long to wait before coming back, and the bars there are."""
    async with contextlib.aclosing(aiter(response.streaming_content)) as content:
        return b"".join([await anext(content) for _ in range(2)])


def _assert_same(known: Response, made_up: Response, who: str) -> None:
    assert known.status_code == made_up.status_code, who
    assert _bytes(known) == _bytes(made_up), f"{who}: what is hidden differs from what is not there"


def _assert_no_canary(response: Response, stage: Stage) -> None:
    body = _bytes(response)
    assert stage.mine.canary.encode() not in body
    assert stage.theirs.canary.encode() not in body
