"""The openai SDK as the engines use it: one way to a client, one translation of its errors."""

import logging
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import httpx2
import openai
from openai import AsyncOpenAI

from speechcoach.errors import ProviderError, Reason

VENDOR = "openai"
CONNECT_SECONDS = 8.0

# Answers and transcripts stay out of logs: at DEBUG, which OPENAI_LOG switches on over our
# settings, these write whole requests; pydantic's warning quotes an answer of an unexpected form.
warnings.filterwarnings("ignore", message="Pydantic serializer warnings", category=UserWarning)
for _name in ("openai", "httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class OpenAIAccess:
    """How to reach OpenAI, or a server that speaks its API.

    A client is made for each call and closed after it: calls run on event loops of their own, and a
    connection belongs to one loop. ``make_http`` gives the HTTP client; tests give another.
    """

    api_key: str = field(repr=False)
    base_url: str | None = None
    make_http: Callable[[], httpx2.AsyncClient] | None = None

    def client(self) -> AsyncOpenAI:
        """A client to be used as an async context manager. It does not retry: our loop does."""
        return AsyncOpenAI(
            # Servers without keys want none, and the SDK insists on one.
            api_key=self.api_key or "none",
            base_url=self.base_url or "https://api.openai.com/v1",
            max_retries=0,
            http_client=self.make_http() if self.make_http else None,
        )


def timeout(seconds: float) -> httpx2.Timeout:
    """For a call that has ``seconds`` left; a host that does not answer at all is found sooner."""
    return httpx2.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))


def provider_error(error: Exception) -> ProviderError:
    """What an exception of the SDK, or of its HTTP client, means for us.

    The sentence holds nothing that was sent or answered. Raise it ``from None``: the SDK's own
    errors carry answers, which hold people's words.
    """
    match error:
        case openai.APITimeoutError() | httpx2.TimeoutException():
            return ProviderError(Reason.TIMEOUT, "OpenAI did not answer in time.")
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return ProviderError(Reason.CREDENTIALS, "OpenAI refused the key.")
        case openai.RateLimitError():
            if error.code == "insufficient_quota" or error.type == "insufficient_quota":
                return ProviderError(Reason.QUOTA, "OpenAI's quota is used up.")
            return ProviderError(
                Reason.RATE_LIMIT,
                "OpenAI is asked too often just now.",
                retry_after=_retry_after(error.response.headers),
            )
        case openai.NotFoundError():
            return ProviderError(Reason.BAD_INPUT, "OpenAI does not know the model or the address.")
        case openai.APIStatusError() if error.status_code in {408, 409} or error.status_code >= 500:
            return ProviderError(
                Reason.UNAVAILABLE,
                f"OpenAI failed with status {error.status_code}.",
                retry_after=_retry_after(error.response.headers),
            )
        case openai.APIStatusError():
            return ProviderError(
                Reason.BAD_INPUT, f"OpenAI refused the request with status {error.status_code}."
            )
        case openai.APIConnectionError() | httpx2.HTTPError():
            return ProviderError(Reason.UNAVAILABLE, "OpenAI cannot be reached.")
        case _:
            return ProviderError(Reason.BAD_OUTPUT, "OpenAI's answer could not be used.")


def _retry_after(headers: httpx2.Headers) -> float | None:
    """Seconds that the vendor asks for, as ``retry-after-ms``, a number of seconds or a date."""
    for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            seconds = float(headers.get(name, "")) / unit
        except ValueError:
            continue
        return seconds if math.isfinite(seconds) and seconds >= 0 else None
    try:
        then = parsedate_to_datetime(headers["retry-after"])
        now = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError, TypeError):
        return None
    return max(0.0, (then - now).total_seconds())
