"""Logging that carries ids and never words.

What a line is about need not be written into it: where a club's scope, a socket, a task or a page
of a speech begins, :func:`about` says so, and every line from there on has the ids.
"""

import copy
import json
import logging
import re
import smtplib
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from django.db.utils import InterfaceError, OperationalError

# A ticket is dead after one use, but a log is read by more people than a URL. An invitation's
# address stands in the sign-in page's address too, percent-encoded there.
_SECRETS = re.compile(
    r"(?P<name>\bt=|ticket\.|token[\"']?[=:]\s*[\"']?|(?:invitations|shared)(?:/|%2F))"
    r"[A-Za-z0-9_\-]{8,}",
    re.IGNORECASE,
)


class Redact(logging.Filter):
    """Replaces tickets and links' tokens in messages, whoever logs them (servers log requests).

    And what Celery quotes in them of a task's exception, which :class:`WordlessFormatter` names.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, Mapping) and "exc" in record.args:
            record.args = {**record.args, "exc": "an exception"}
        message = record.getMessage()
        redacted = _SECRETS.sub(r"\g<name>[redacted]", message)
        if redacted != message:
            record.msg, record.args = redacted, None
        return True


Ids = Mapping[str, int | str]

_about: ContextVar[Ids] = ContextVar("about", default=MappingProxyType({}))
# What is no id is a mistake of ours, and might be a word.
_ID: Final = re.compile(r"[\w.:@-]{1,120}")


@contextmanager
def about(**ids: object) -> Iterator[None]:
    """Meanwhile lines are about these too: ``club=3, speech=…``. None is left out.

    A context variable: tasks that begin meanwhile inherit it, threads started by hand do not.
    """
    told = {name: _as_id(value) for name, value in ids.items() if value is not None}
    before = _about.get()
    _about.set({**before, **told})
    try:
        yield
    finally:
        # Not reset by its token: a request may end in another context than it began in.
        _about.set(before)


def also_about(**ids: object) -> None:
    """From here on lines of this task, and of those that it begins, are about these too."""
    _about.set({**_about.get(), **{name: _as_id(value) for name, value in ids.items()}})


def _as_id(value: object) -> int | str:
    if isinstance(value, int):
        return value
    return str(value) if _ID.fullmatch(str(value)) else "?"


class About(logging.Filter):
    """Puts what a line is about on its record: ``about`` as a mapping, and as text before the
    message where that does not say it itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.about = ids = _about.get()
        message = record.getMessage()
        unsaid = [f"{name}={value}" for name, value in ids.items() if f"{name}=" not in message]
        record.ids = f"[{' '.join(unsaid)}] " if unsaid else ""
        return True


# They tell of the machine. What others say may quote what somebody said: a key that is missing, a
# row that was refused, a value that does not fit.
_TELLING = (OSError, ImportError, OperationalError, InterfaceError)
_QUOTING = (smtplib.SMTPException,)


class WordlessFormatter(logging.Formatter):
    """Writes of an exception where it broke and of what kind it is; what it says only if that is
    about the machine."""

    def format(self, record: logging.LogRecord) -> str:
        mine = copy.copy(record)
        # Another handler may have written it out.
        mine.exc_text = None
        return super().format(mine)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        return "\n".join(_lines(ei[1])) if ei[1] is not None else ""


class JsonFormatter(WordlessFormatter):
    """A line as one JSON object: ``time level logger message``, the ids that it is about, and of an
    exception where it broke (``trace``)."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "about", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _lines(error: BaseException) -> Iterator[str]:
    """The exceptions that led to ``error``, then itself, then those that it holds."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _lines(before)
        yield ""
    yield "Traceback (most recent call last):"
    yield from (line.rstrip("\n") for line in traceback.format_tb(error.__traceback__))
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    tells = isinstance(error, _TELLING) and not isinstance(error, _QUOTING)
    yield f"{kind}: {error}" if tells else kind
    if isinstance(error, BaseExceptionGroup):
        for held in error.exceptions:
            yield from _lines(held)
