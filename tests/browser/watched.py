"""A page that is held to what every page of ours promises, and notes what it sends."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, WebSocket

from clubs.demo import PASSWORD
from tests.server import OPERATOR

# Refusals by our own content security policy reach the console, and this besides.
_REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI}`));
"""

_SHIFTS = """
let shifted = 0;
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) if (!shift.hadRecentInput) shifted += shift.value;
  if (shifted >= mostShifted) console.error(`layout shift: ${shifted.toFixed(3)}`);
}).observe({type: "layout-shift", buffered: true});
"""


def report_shifts(most: float = 0.1) -> str:
    """A script that reports what moves without anybody having touched the page.

    Args:
        most: from this sum on it is a fault; up to 0.1 is what field data call good.
    """
    return f"const mostShifted = {most};{_SHIFTS}"


@dataclass
class Traffic:
    """What went over the page's sockets; audio as its length in bytes."""

    sent: list[dict[str, Any] | int] = field(default_factory=list)
    received: list[dict[str, Any] | int] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def sent_of(self, kind: str) -> list[dict[str, Any]]:
        return [m for m in self.sent if isinstance(m, dict) and m["type"] == kind]

    def received_of(self, kind: str) -> list[dict[str, Any]]:
        return [m for m in self.received if isinstance(m, dict) and m["type"] == kind]

    @property
    def commands(self) -> Counter[str]:
        return Counter(m["type"] for m in self.sent if isinstance(m, dict))

    @property
    def audio_bytes(self) -> int:
        return sum(frame for frame in self.sent if isinstance(frame, int))


@dataclass
class Watched:
    """One page of a context, and its faults."""

    page: Page
    traffic: Traffic = field(default_factory=Traffic)
    faults: list[str] = field(default_factory=list)
    tolerated: tuple[str, ...] = ()
    """Parts of console messages that a test provokes itself."""

    def assert_clean(self) -> None:
        faults = [f for f in self.faults if not any(part in f for part in self.tolerated)]
        assert not faults, faults


async def watched(context: BrowserContext, base_url: str) -> Watched:
    """A new page that collects console errors, violations, requests elsewhere and messages."""
    page = await context.new_page()
    await page.add_init_script(_REPORT_VIOLATIONS)
    watch = Watched(page)
    host = urlsplit(base_url).netloc

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            watch.faults.append(f"console {message.type}: {message.text}")

    def on_request(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != host:
            watch.faults.append(f"request to {address.netloc}")

    def on_socket(socket: WebSocket) -> None:
        watch.traffic.addresses.append(socket.url)
        if urlsplit(socket.url).netloc != host:
            watch.faults.append(f"socket to {socket.url}")
        socket.on("framesent", lambda frame: watch.traffic.sent.append(_read(frame)))
        socket.on("framereceived", lambda frame: watch.traffic.received.append(_read(frame)))

    page.on("console", on_console)
    page.on("pageerror", lambda error: watch.faults.append(f"page error: {error}"))
    page.on("request", on_request)
    page.on("websocket", on_socket)
    return watch


def _read(frame: str | bytes) -> dict[str, Any] | int:
    if isinstance(frame, bytes):
        return len(frame)
    message: dict[str, Any] = json.loads(frame)
    return message


async def sign_in(page: Page, base_url: str) -> None:
    """Sign in as the operator, up to the club's page; nothing to do where the cookies hold."""
    await page.goto(f"{base_url}/accounts/login/")
    if "/accounts/login/" not in page.url:
        return
    await page.get_by_label("Email").fill(OPERATOR)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/clubs/harbour/")
