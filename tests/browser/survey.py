"""Every page of the product but the admin, and whose eyes it needs, found by walking the URLconf.

A process beside the running server fills its database with two clubs that look alike, signs
everybody in, and asks every address. Pages that answer in HTML are to be visited: by the first who
sees them, and by everybody else whose page has a kind of element that no page before it had.
"""

import re
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core import mail
from django.http import HttpRequest
from django.test import Client
from django.test.utils import override_settings
from django.urls import resolve, reverse
from django.utils import timezone

from clubs.models import Membership, User
from clubs.permissions import Role
from clubs.scoping import club_scope
from evaluations.models import Goal, Run, StageResult
from sessions_app.export import pdf
from sessions_app.models import Speech, Upload
from sessions_app.sharing import links
from tests.browser.beside import run_beside
from tests.cast import Cast, make_cast
from tests.isolation.objects import OUTSIDE, look_alikes
from tests.isolation.routes import Kind, Route, walk
from tests.server import Server
from tests.sessions_app.kept import SOUND, keep_speech

PASSWORD = "a password of the survey"
_DAY = 86_400.0
# Who may see something of a kind of route; the isolation tests hold the others off.
VIEWERS: Mapping[Kind, tuple[str, ...]] = {
    Kind.API: ("owner",),
    Kind.STREAM: ("owner",),
    Kind.CLUB: ("owner", "officer", "operator", "member"),
    Kind.PERSONAL: ("owner", "member", "stranger"),
    Kind.PUBLIC: ("visitor", "owner", "stranger"),
    Kind.TOKEN: ("visitor", "owner", "stranger"),
    Kind.ACCOUNT: ("visitor", "owner", "member", "stranger"),
}


@dataclass(frozen=True)
class Visit:
    """A page, and as whom to see it."""

    address: str
    who: str


@dataclass(frozen=True)
class Survey:
    """``cookies`` are sessions by person; ``silent`` are routes that gave nobody a page, a file or
    an answer that there is nothing to GET."""

    visits: tuple[Visit, ...]
    cookies: Mapping[str, str]
    cookie_name: str
    silent: tuple[str, ...]


def survey(server: Server) -> Survey:
    """Fill the server's database and ask every address of it, once."""
    found = run_beside(server, ask_everything)
    visits = tuple(Visit(*visit) for visit in found["visits"])
    return Survey(visits, found["cookies"], settings.SESSION_COOKIE_NAME, tuple(found["silent"]))


def ask_everything() -> dict[str, Any]:
    """The survey of the database of this process, as JSON has it."""
    backend = "django.core.mail.backends.locmem.EmailBackend"
    test_like = override_settings(ALLOWED_HOSTS=["testserver"], DEBUG=False, EMAIL_BACKEND=backend)
    # Printing takes seconds, and a PDF is no page of ours.
    with test_like, patch.object(pdf, "render", return_value=b"%PDF"):
        return _Surveyor(make_cast()).ask()


class _Elements(HTMLParser):
    """The kinds of elements of a page: tag, classes, type, names of attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.kinds: set[tuple[object, ...]] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.kinds.add((tag, named.get("class"), named.get("type"), frozenset(named)))


class _Surveyor:
    def __init__(self, cast: Cast) -> None:
        self.variants = _fill(cast)
        self.people = {role.value: user for role, user in cast.roles.items()}
        self.people["stranger"] = cast.stranger
        self.clients = {who: Client() for who in ("visitor", "reset", "code", "second_factor")}
        self.clients |= _sign_in(self.people)
        mailed, self.waiting = _on_their_way(cast, self.clients)
        self.variants += mailed
        self.shown: set[tuple[object, ...]] = set()

    def ask(self) -> dict[str, Any]:
        visits: list[tuple[str, str]] = []
        silent = []
        for route in walk():
            if route.kind == Kind.ADMIN:
                # Django's pages, with Django's faults; ``test_admin`` opens them.
                continue
            answered, pages = self._pages(route)
            visits += pages
            if not answered:
                silent.append(str(route))
        self.clients |= _sign_in(self.people)
        name = settings.SESSION_COOKIE_NAME
        sessions = {who: client.cookies.get(name) for who, client in self.clients.items()}
        cookies = {who: session.value for who, session in sessions.items() if session}
        return {"visits": visits, "cookies": cookies, "silent": silent}

    def _pages(self, route: Route) -> tuple[bool, list[tuple[str, str]]]:
        """Whether the route gave a GET anything, be it 405; and its pages, with who is to visit."""
        if route.kind == Kind.ACCOUNT:
            # Some of these sign out who looks at them.
            self.clients |= _sign_in(self.people)
        answered, pages = False, []
        for address in dict.fromkeys(_addresses(route, self.variants)):
            first = True
            waiting = [who for who, where in self.waiting.items() if where == address]
            for who in (*waiting, *VIEWERS[route.kind]):
                response = self.clients[who].get(address)
                assert response.status_code < 500, f"{response.status_code} at {address}"
                answered = answered or response.status_code in {200, 405}
                is_html = response.headers.get("content-type", "").startswith("text/html")
                if response.status_code != 200 or not is_html:
                    continue
                kinds = _Elements(response.content.decode()).kinds
                if first or kinds - self.shown:
                    pages.append((address, who))
                self.shown |= kinds
                first = False
        return answered, pages


def _addresses(route: Route, variants: list[dict[str, object]]) -> Iterator[str]:
    """The route with each variant that fills its arguments; other people's arguments are made up.

    Raises:
        UnknownArgumentError: no variant fills them.
    """
    wanted = set(route.arguments)
    fitting = [values for values in variants if wanted <= set(values)]
    for values in fitting or [{**OUTSIDE, **variants[0]}]:
        yield route.address(values)


def _fill(cast: Cast) -> list[dict[str, object]]:
    """Two clubs; gives the arguments that name what is in the cast's, twice: with a speech
    that is new, and with one that was saved and a person who has spoken."""
    mine, _ = look_alikes(cast)
    for user in (cast.owner, cast.stranger):
        user.set_password(PASSWORD)
        user.save()
    # The owner will have a second address that is not verified, the stranger a second factor, and
    # the member nothing that keeps one from setting it up.
    for user in (cast.owner, cast.stranger, cast.member):
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    TOTP.activate(cast.stranger, generate_totp_secret())
    RecoveryCodes.activate(cast.stranger)
    kept = [keep_speech(cast.club, speaker=cast.owner) for _ in range(4)]
    with club_scope(cast.club):
        Goal.objects.create(
            club=cast.club, user=cast.owner, measure="pace", direction="at_most", target=150
        )
        owner = Membership.objects.select_related("user", "club").get(role=Role.OWNER)
        _, token = links.make(owner, kept[-1], links.USUAL_LIFETIME, timezone.now())
        new = Speech.objects.create(club=cast.club, operator=cast.owner)
    # Not the look-alikes' speech: it is past its time, and the server's clock takes it away.
    before = {**mine.arguments, "speech_id": new.pk, "share_token": token}
    after = {**before, "speech_id": kept[-1].pk, "person": cast.owner.pk}
    uploads = [_upload(cast, state) for state in (Upload.State.RECEIVING, Upload.State.EXTRACTED)]
    return [before, after, *({**before, "speech_id": pk} for pk in uploads)]


def _upload(cast: Cast, state: Upload.State) -> uuid.UUID:
    """The speech of a file that the owner uploads; extracted, it is evaluated, but not saved."""
    own: dict[str, Any] = {"operator": cast.owner, "speaker": cast.owner, "run_id": 1}
    with club_scope(cast.club):
        if state == Upload.State.EXTRACTED:
            speech = keep_speech(cast.club, **own)
            run = Run.objects.get(speech=speech)
            Run.objects.filter(pk=run.pk).update(saved_at=None)
            StageResult.objects.create(
                club=cast.club,
                run=run,
                stage="speech",
                engine="voice",
                seconds=1,
                result={"content_type": "audio/mpeg", "extension": ".mp3", "seconds": 1},
                audio=SOUND,
            )
        else:
            speech = Speech.objects.create(club=cast.club, **own)
        Upload.objects.create(
            club=cast.club,
            speech=speech,
            uploader=cast.owner,
            file_name="speech.mp3",
            size=1_000,
            received=500,
            state=state,
            seen_at=timezone.now(),
            setup={},
        )
    return speech.pk


def _sign_in(people: Mapping[str, User]) -> dict[str, Client]:
    """A client for each of them; nobody is asked for the password once more, however long it is
    until their pages are visited."""
    clients = {who: Client() for who in people}
    for who, user in people.items():
        clients[who].force_login(user, settings.AUTHENTICATION_BACKENDS[0])
        request = HttpRequest()
        request.session = clients[who].session
        asked_at = time.time() + _DAY
        record_authentication(request, user, "password", reauthenticated=True, at=asked_at)
        request.session.save()
    return clients


def _unhurry(client: Client) -> None:
    """What was mailed is good for minutes, and it may be long until its page is visited."""
    session = client.session
    if (login := session.get("account_login")) is not None:
        _later(login)
        session["account_login"] = login
        session.save()


def _later(state: dict[str, Any]) -> None:
    for name, value in state.items():
        if isinstance(value, dict):
            _later(value)
        elif name in {"at", "initiated_at"}:
            state[name] = value + _DAY


def _on_their_way(
    cast: Cast, clients: Mapping[str, Client]
) -> tuple[list[dict[str, object]], dict[str, str]]:
    """The arguments of addresses that people are mailed; and who is asked where for something,
    and would not be any more if they looked at another page first."""
    # The address first: another one makes the keys worthless that were mailed before.
    more = {"email": "new@anchor.example", "action_add": ""}
    clients["owner"].post(reverse("account_email"), more)
    mine = {"email": cast.owner.email}
    clients["reset"].post(reverse("account_reset_password"), mine)
    found = [
        dict(resolve(path).kwargs)
        for message in mail.outbox
        for path in re.findall(r"https?://[^/\s]+(/accounts/\S+/)", str(message.body))
    ]
    key = next(values for values in found if "uidb36" in values)
    credentials = {"login": cast.stranger.email, "password": PASSWORD}
    answers = {
        # Moves the key from the address into the session.
        "reset": clients["reset"].get(reverse("account_reset_password_from_key", kwargs=key)),
        "code": clients["code"].post(reverse("account_request_login_code"), mine),
        "second_factor": clients["second_factor"].post(reverse("account_login"), credentials),
    }
    for who in answers:
        _unhurry(clients[who])
    waiting = {who: urlsplit(answer.headers["location"]).path for who, answer in answers.items()}
    return [*found, dict(resolve(waiting["reset"]).kwargs)], waiting
