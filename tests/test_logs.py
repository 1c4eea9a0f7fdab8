import copy
import logging
import logging.config
from typing import Any

import pytest
from celery import shared_task
from django.conf import settings
from django.db import DataError, OperationalError

from speechcoach.logs import Redact

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
