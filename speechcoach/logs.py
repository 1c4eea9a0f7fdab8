"""Logging that carries ids and never words."""

import copy
import logging
import re
import smtplib
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

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
