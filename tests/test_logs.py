import asyncio
import copy
import io
import json
import logging
import logging.config
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from celery import shared_task
from django.conf import settings
from django.db import DataError, OperationalError
from django.http import HttpResponse
from django.test import AsyncClient, Client
from django.urls import path

from clubs.scoping import club_scope
from clubs.tasks import ClubTask
from sessions_app.live import tickets
from sessions_app.live.gates import TicketGate
from sessions_app.live.tickets import Ticket
from speechcoach.logs import About, JsonFormatter, Redact, about

SECRET = "Zm9vYmFyLWJhei1xdXV4LWZvb2Jhci1iYXotcXV1eC0"


@pytest.mark.parametrize(
    "line",
    [
        "GET /ws/session?t={} HTTP/1.1",
        "offered ticket.{}",
        '{{"token": "{}"}}',
        "GET /invitations/{}/ HTTP/1.1",
        "GET /accounts/login/?next=/invitations/{}/ HTTP/1.1",
        "GET /accounts/login/?next=%2Finvitations%2F{}%2F HTTP/1.1",
        "GET /accounts/login/?next=%2finvitations%2f{}%2f HTTP/1.1",
    ],
)
@pytest.mark.parametrize("as_argument", [True, False])
def test_a_secret_is_not_written(line, as_argument):
    text = line.format(SECRET)
    message, arguments = ("%s", (text,)) if as_argument else (text, None)
    record = logging.LogRecord("server", logging.INFO, "", 0, message, arguments, None)
    assert Redact().filter(record)
    assert SECRET not in record.getMessage()
    assert "[redacted]" in record.getMessage()


WORDS = "quillwort zephyr"


def formatter() -> logging.Formatter:
    """The configured one."""
    logs: Any = copy.deepcopy(settings.LOGGING)
    config: Any = logging.config.DictConfigurator(logs)
    name = logs["handlers"]["console"]["formatter"]
    made: logging.Formatter = config.configure_formatter(logs["formatters"][name])
    return made


def written(error: BaseException) -> str:
    """What is written of an exception."""
    record = logging.LogRecord("x", logging.ERROR, "", 0, "it broke", None, broken_by(error))
    # As a handler leaves it that has written it before.
    record.exc_text = f"ValueError: {WORDS}"
    return formatter().format(record)


def broken_by(error: BaseException) -> Any:
    with pytest.raises(type(error)) as broken:
        raise error
    return broken.value.__class__, broken.value, broken.tb


def caused() -> Exception:
    error = ValueError("outer")
    error.__cause__ = KeyError(WORDS)
    error.__cause__.__context__ = DataError(f"Failing row contains ({WORDS})")
    return error


@pytest.mark.parametrize(
    "error",
    [
        KeyError(WORDS),
        DataError(f"Failing row contains ({WORDS})"),
        caused(),
        ExceptionGroup(WORDS, [ValueError(WORDS), TypeError(WORDS)]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_an_exception_quotes_is_not_written(error):
    text = written(error)
    assert WORDS not in text
    assert type(error).__name__ in text
    assert "in broken_by" in text, "where it broke"


def test_each_exception_of_a_chain_is_named():
    assert [text := written(caused())]
    assert text.index("DataError") < text.index("KeyError") < text.index("ValueError")
    group = written(ExceptionGroup("", [ValueError(), TypeError()]))
    assert "ValueError" in group
    assert "TypeError" in group


@pytest.mark.parametrize("error", [ConnectionRefusedError("port 6379"), OperationalError("away")])
def test_what_an_exception_says_of_the_machine_is_written(error):
    assert str(error) in written(error)


def test_what_the_exception_of_a_task_quotes_is_not_written(caplog):
    @shared_task(name="tests.failing")
    def failing() -> None:
        raise KeyError(WORDS)

    failing.apply()
    [record] = [one for one in caplog.records if one.name == "celery.app.trace"]
    assert Redact().filter(record)
    text = formatter().format(record)
    assert WORDS not in text
    assert "tests.failing" in text
    assert "KeyError" in text


@pytest.fixture
def lines():
    """What the configured handler writes of this module's logger, as text and as JSON objects."""
    logger, kept = logging.getLogger("tests.lines"), []
    for made in (formatter(), JsonFormatter()):
        handler = logging.StreamHandler(io.StringIO())
        handler.setFormatter(made)
        handler.addFilter(Redact())
        handler.addFilter(About())
        logger.addHandler(handler)
        kept.append(handler)
    yield lambda: (
        kept[0].stream.getvalue().splitlines(),
        [json.loads(line) for line in kept[1].stream.getvalue().splitlines()],
    )
    for handler in kept:
        logger.removeHandler(handler)


log = logging.getLogger("tests.lines")


def test_a_line_names_what_it_is_about(lines):
    log.warning("outside")
    with about(club=3, speech="5f1c"):
        with about(task="speak", run=None):
            log.warning("inside")
        log.warning("says it itself club=%s", 3)
    log.warning("after")
    plain, objects = lines()
    shown = [line.partition("WARNING ")[2] for line in plain]
    assert shown == [
        "tests.lines outside",
        "tests.lines [club=3 speech=5f1c task=speak] inside",
        "tests.lines [speech=5f1c] says it itself club=3",
        "tests.lines after",
    ]
    assert {"club": 3, "speech": "5f1c", "task": "speak"}.items() <= objects[1].items()
    assert objects[1]["message"] == "inside"
    assert "club" not in objects[3]


def test_what_is_no_id_is_not_written(lines):
    with about(speech=WORDS):
        log.warning("inside")
    plain, objects = lines()
    assert WORDS not in str((plain, objects))
    assert objects[0]["speech"] == "?"


def test_an_object_says_where_it_broke_and_quotes_nothing(lines):
    log.error("it broke t=%s", SECRET, exc_info=broken_by(caused()))
    [found] = lines()[1]
    assert found["message"] == "it broke t=[redacted]"
    assert "in broken_by" in found["trace"]
    assert WORDS not in str(found)
    assert found["level"] == "ERROR"


def test_lines_of_a_task_name_it_and_its_club_and_speech(cast, lines):
    @shared_task(base=ClubTask, name="tests.telling")
    def telling(club: Any, *, speech_id: str, number: int) -> None:
        log.warning("at work")

    telling.apply(kwargs={"club_id": cast.club.pk, "speech_id": "5f1c", "number": 2})
    [found] = lines()[1]
    assert found["club"] == cast.club.pk
    assert (found["speech"], found["run"], found["task"]) == ("5f1c", 2, "tests.telling")
    assert len(found["task_id"]) == 36


def _told(request: Any, **_arguments: str) -> Any:
    log.warning("on a page")
    return HttpResponse()


urlpatterns = [path("clubs/<slug:club_slug>/told/<uuid:speech_id>/", _told)]


@pytest.mark.urls("tests.test_logs")
@pytest.mark.parametrize("asynchronous", [False, True])
def test_lines_of_a_club_s_page_name_the_club_and_the_speech(cast, lines, asynchronous):
    client: Any = AsyncClient() if asynchronous else Client()
    client.force_login(cast.member)
    speech = "6d1c7a52-6f0a-4f0e-9b51-0a4b3e6d2f11"
    get: Any = async_to_sync(client.get) if asynchronous else client.get
    assert get(f"/clubs/{cast.club.slug}/told/{speech}/").status_code == 200
    log.warning("after")
    during, after = lines()[1]
    assert (during["club"], during["speech"]) == (cast.club.pk, speech)
    assert "club" not in after


def test_lines_in_a_club_s_scope_name_the_club(cast, lines):
    with club_scope(cast.club):
        log.warning("in scope")
    assert lines()[1][0]["club"] == cast.club.pk


async def test_lines_of_a_socket_name_its_club_and_speech(lines, monkeypatch):
    async def redeemed(_token: str) -> Ticket:
        return Ticket(user_id=1, club_id=7, purpose="session", speech_id="5f1c")

    async def application(_scope: Any, _receive: Any, _send: Any) -> None:
        # A task of its own inherits it, as a session's pumps do.
        await asyncio.create_task(_later())

    async def _later() -> None:
        log.warning("on a socket")

    monkeypatch.setattr(tickets, "redeem", redeemed)
    scope = {"query_string": f"t={SECRET}".encode(), "subprotocols": []}
    await TicketGate(application)(scope, None, None)
    [found] = lines()[1]
    assert (found["club"], found["speech"]) == (7, "5f1c")
