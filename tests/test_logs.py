import logging

import pytest

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
