"""The HTTP side of a session: signing in, tickets, saved files."""

from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from sessions_app.live.gates import SUBPROTOCOL, TICKET_PREFIX
from sessions_app.rehearsal import RehearsalError

LOGIN_PATH = "/accounts/login/"
TIMEOUT_SECONDS = 30.0
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Account:
    """A person at a server. An async context manager.

    Args:
        base_url: ``http://host:port`` or ``https://host``.

    Raises:
        RehearsalError: ``base_url`` is none.
    """

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise RehearsalError(f"{base_url} is no address of a server (http://host:port).")
        self.origin = f"{parts.scheme}://{parts.netloc}"
        # A proxy of the environment leads out of this machine, never back into it.
        self._direct = parts.hostname in _LOOPBACK
        self._http = httpx.AsyncClient(
            base_url=self.origin,
            headers={"Origin": self.origin, "Referer": f"{self.origin}{LOGIN_PATH}"},
            timeout=TIMEOUT_SECONDS,
            trust_env=not self._direct,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    @property
    def cookies(self) -> httpx.Cookies:
        """The cookies of this person's browser, so to speak."""
        return self._http.cookies

    async def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request as this person, with the CSRF token.

        Raises:
            RehearsalError: the server cannot be reached.
        """
        headers = {"X-CSRFToken": self._http.cookies.get("csrftoken") or ""}
        try:
            return await self._http.request(method, path, headers=headers, **more)
        except httpx.TransportError:
            raise RehearsalError(f"No server answers at {self.origin}.") from None

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in through the form that people use.

        Raises:
            RehearsalError: the server refuses, or is none of ours.
        """
        page = await self.request("GET", LOGIN_PATH)
        if not page.is_success or "csrftoken" not in self._http.cookies:
            raise RehearsalError(f"There is no speechcoach server at {self.origin}.")
        answer = await self.request("POST", LOGIN_PATH, data={"login": email, "password": password})
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise RehearsalError("Too many sign-ins were tried; wait a few minutes.")
        if not answer.is_redirect:
            raise RehearsalError(f"The e-mail address {email} or its password is wrong.")

    async def ticket(self, club: str, speech: str | None = None) -> str:
        """A token for one socket.

        Raises:
            RehearsalError: this person may not run sessions in that club.
        """
        asked = {"purpose": "session", "club": club, "speech": speech}
        answer = await self.request("POST", "/api/voice/token", json=asked)
        if not answer.is_success:
            raise RehearsalError(_sentence(answer))
        token: str = answer.json()["token"]
        return token

    def socket(self, token: str) -> AbstractAsyncContextManager[ClientConnection]:
        """Connect a session's socket, with the ticket in no URL and no log."""
        return connect(
            f"{self.origin.replace('http', 'ws', 1)}/ws/session",
            origin=Origin(self.origin),
            subprotocols=[Subprotocol(SUBPROTOCOL), Subprotocol(f"{TICKET_PREFIX}{token}")],
            compression=None,
            max_size=None,
            proxy=None if self._direct else True,
        )

    async def download(self, path: str) -> bytes:
        """The content of a saved file.

        Raises:
            RehearsalError: it cannot be downloaded.
        """
        answer = await self.request("GET", path)
        if not answer.is_success:
            raise RehearsalError(f"{path} cannot be downloaded: status {answer.status_code}.")
        return answer.content


def _sentence(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"The server gave no ticket: status {answer.status_code}."
