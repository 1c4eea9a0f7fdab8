"""What can go wrong, in one vocabulary for HTTP, sockets and tasks."""

import enum
from typing import ClassVar


class ProductError(Exception):
    """A refusal that a person may read.

    ``sentence`` is shown; ``code`` is for machines; ``http_status`` and ``close_code`` are how HTTP
    and a socket say the same thing.
    """

    code: ClassVar[str] = "internal"
    http_status: ClassVar[int] = 500
    close_code: ClassVar[int] = 1011
    retryable: ClassVar[bool] = False

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFoundError(ProductError):
    code = "not_found"
    http_status = 404
    close_code = 4404


class SignedOutError(ProductError):
    code = "signed_out"
    http_status = 401
    close_code = 4401


class ForbiddenError(ProductError):
    code = "forbidden"
    http_status = 403
    close_code = 4403


class BadRequestError(ProductError):
    code = "bad_request"
    http_status = 400
    close_code = 4400


class TooManyError(ProductError):
    code = "too_many"
    http_status = 429
    close_code = 4429
    retryable = True


class UnavailableError(ProductError):
    """This server cannot do it, or not just now; the rest of the product goes on."""

    code = "unavailable"
    http_status = 503
    close_code = 4503
    retryable = True


class Reason(enum.Enum):
    """Why an engine failed; the retry loop and the breaker ask only this."""

    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    RATE_LIMIT = "rate_limit"
    BAD_OUTPUT = "bad_output"
    CREDENTIALS = "credentials"
    QUOTA = "quota"
    BAD_INPUT = "bad_input"

    @property
    def permanent(self) -> bool:
        """Whether asking again with the same input cannot help."""
        return self in {Reason.CREDENTIALS, Reason.QUOTA, Reason.BAD_INPUT}


class ProviderError(Exception):
    """The only exception an engine raises.

    ``retry_after`` is how many seconds the vendor asks to be left alone, where it says so.
    """

    def __init__(self, reason: Reason, sentence: str, *, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence
        self.retry_after = retry_after
