"""Why a socket is closed, as the page reads it."""

from enum import IntEnum


class CloseCode(IntEnum):
    GOING_AWAY = 1001
    POLICY = 1008
    INTERNAL = 1011
    BAD_TICKET = 4401
    FORBIDDEN = 4403
    NOT_FOUND = 4404
    REPLACED = 4409
    TOO_MANY = 4429
