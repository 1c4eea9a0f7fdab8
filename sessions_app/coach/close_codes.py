"""Why the coach's socket is closed, beside the reasons that it shares with a session's."""

from enum import IntEnum


class CoachCode(IntEnum):
    IDLE = 4408
    UPSTREAM_DOWN = 4503
