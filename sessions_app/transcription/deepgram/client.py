"""The vendor's SDK: loaded when it is first needed, and its errors in our vocabulary."""

import asyncio
import email.utils
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import httpx

from sessions_app.transcription.deepgram.core.options import DeepgramConfig
from speechcoach.errors import ProviderError, Reason

if TYPE_CHECKING:
    from deepgram import AsyncDeepgramClient

REASONS: Final[dict[int, Reason]] = {
    HTTPStatus.BAD_REQUEST: Reason.BAD_INPUT,
    HTTPStatus.UNAUTHORIZED: Reason.CREDENTIALS,
    HTTPStatus.PAYMENT_REQUIRED: Reason.QUOTA,
    HTTPStatus.FORBIDDEN: Reason.CREDENTIALS,
    HTTPStatus.NOT_FOUND: Reason.BAD_INPUT,
    HTTPStatus.REQUEST_TIMEOUT: Reason.TIMEOUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Reason.BAD_INPUT,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Reason.BAD_INPUT,
    HTTPStatus.UNPROCESSABLE_ENTITY: Reason.BAD_INPUT,
    HTTPStatus.TOO_MANY_REQUESTS: Reason.RATE_LIMIT,
    HTTPStatus.GATEWAY_TIMEOUT: Reason.TIMEOUT,
}


async def load(
    config: DeepgramConfig, http: httpx.AsyncClient | None = None
) -> "AsyncDeepgramClient":
    """A client; in a thread, because importing the SDK takes a few tenths of a second.

    Args:
        http: for requests; a client of httpx belongs to one event loop.
    """
    return await asyncio.to_thread(_load, config, http)


def _load(config: DeepgramConfig, http: httpx.AsyncClient | None) -> "AsyncDeepgramClient":
    from deepgram import (  # noqa: PLC0415 - whoever has no key need not load it
        AsyncDeepgramClient,
        DeepgramClientEnvironment,
    )

    environment = DeepgramClientEnvironment(
        base=config.http_url,
        production=config.socket_url,
        agent=config.socket_url,
        agent_rest=config.http_url,
    )
    return AsyncDeepgramClient(
        api_key=config.api_key, environment=environment, httpx_client=http, max_retries=0
    )


def failure(error: Exception) -> ProviderError:
    """What went wrong, without anything that the vendor or the SDK wrote about it.

    Answers may hold words of a speech, and the SDK's errors hold the request's headers.
    """
    if isinstance(error, ProviderError):
        return error
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return refusal(status, _headers_of(error))
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return ProviderError(Reason.TIMEOUT, "Deepgram did not answer in time.")
    return ProviderError(Reason.UNAVAILABLE, "Deepgram cannot be reached.")


def refusal(status: int, headers: Mapping[str, str]) -> ProviderError:
    """What an HTTP status means."""
    if status < HTTPStatus.BAD_REQUEST:
        return ProviderError(Reason.BAD_OUTPUT, "Deepgram's answer cannot be read.")
    reason = REASONS.get(status)
    if reason is None:
        server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
        reason = Reason.UNAVAILABLE if server else Reason.BAD_INPUT
    return ProviderError(
        reason, f"Deepgram refused the request ({status}).", retry_after=retry_after(headers)
    )


def _headers_of(error: Exception) -> Mapping[str, str]:
    """The answer's headers: of a refused socket the SDK's error has only the request's."""
    refused = error.__context__
    if refused is not None and hasattr(refused, "status_code"):
        return dict(getattr(refused, "headers", None) or {})
    return dict(getattr(error, "headers", None) or {})


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a ``Retry-After`` asks for, given as seconds or as a date."""
    value = next((v for k, v in headers.items() if k.lower() == "retry-after"), "").strip()
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
