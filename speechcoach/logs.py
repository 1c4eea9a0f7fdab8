"""Logging that carries ids and never words."""

import logging
import re

# A ticket is dead after one use, but a log is read by more people than a URL. An invitation's
# address stands in the sign-in page's address too, percent-encoded there.
_SECRETS = re.compile(
    r"(?P<name>\bt=|ticket\.|token[\"']?[=:]\s*[\"']?|(?:invitations|shared)(?:/|%2F))"
    r"[A-Za-z0-9_\-]{8,}",
    re.IGNORECASE,
)


class Redact(logging.Filter):
    """Replaces tickets and links' tokens in messages, whoever logs them (servers log requests)."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        redacted = _SECRETS.sub(r"\g<name>[redacted]", message)
        if redacted != message:
            record.msg, record.args = redacted, None
        return True
