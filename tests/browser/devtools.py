"""Chromium with a window on a virtual screen, over its own protocol.

Playwright tells every page that it is visible. A tab that is really hidden needs a browser that
nobody has told so.
"""

import asyncio
import contextlib
import itertools
import json
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.browser.chromium import ARGUMENTS, executable

_ADDRESS = re.compile(r"DevTools listening on (ws://\S+)")
# Resolves when the condition holds; looks again whenever anything on the page changes.
_UNTIL = """new Promise((resolve) => {
  const look = () => { if (%s) { watch.disconnect(); resolve(true); } };
  const watch = new MutationObserver(look);
  watch.observe(document, {attributes: true, characterData: true, childList: true, subtree: true});
  document.addEventListener("readystatechange", look);
  look();
})"""


class DevToolsError(Exception):
    """The browser's own words."""


class DevTools:
    """One connection to the browser; tabs are sessions on it."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.events: list[dict[str, Any]] = []

    async def listen(self) -> None:
        """Take in answers and events until the connection ends."""
        async for frame in self._socket:
            message = json.loads(frame)
            if "id" not in message:
                self.events.append(message)
            elif waiting := self._waiting.pop(message["id"], None):
                waiting.set_result(message)

    async def call(
        self, method: str, session: str | None = None, **parameters: Any
    ) -> dict[str, Any]:
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        await self._socket.send(json.dumps(message))
        answer = await self._waiting[number]
        if "error" in answer:
            raise DevToolsError(answer["error"]["message"])
        result: dict[str, Any] = answer["result"]
        return result

    async def open_tab(self, url: str) -> "Tab":
        target = (await self.call("Target.createTarget", url=url))["targetId"]
        session = (await self.call("Target.attachToTarget", targetId=target, flatten=True))[
            "sessionId"
        ]
        return Tab(self, target, session)


class Tab:
    def __init__(self, browser: DevTools, target: str, session: str) -> None:
        self._browser = browser
        self._target = target
        self._session = session

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return await self._browser.call(method, self._session, **parameters)

    async def activate(self) -> None:
        """Bring this tab to the front; the others are hidden then."""
        await self._browser.call("Target.activateTarget", targetId=self._target)

    async def evaluate(self, expression: str) -> Any:
        answer = await self.call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def until(self, condition: str, seconds: float = 30) -> None:
        """Wait until a condition of the page holds."""
        try:
            async with asyncio.timeout(seconds):
                while not await self._holds(condition):
                    pass
        except TimeoutError:
            shown = await self.evaluate("location.href + document.querySelector('main')?.innerText")
            pytest.fail(f"{condition} did not come to hold; the page shows {shown}", pytrace=False)

    async def _holds(self, condition: str) -> bool:
        """Wait for the condition; False when the page asked was left meanwhile."""
        try:
            await self.evaluate(_UNTIL % condition)
        except DevToolsError as error:
            if "navigated" in str(error) or "context" in str(error):
                return False
            raise
        return True

    async def goto(self, url: str) -> None:
        await self.call("Page.navigate", url=url)
        await self.until(
            f"location.href === {json.dumps(url)} && document.readyState !== 'loading'"
        )

    def sent_bytes(self) -> int:
        """Bytes of all binary frames that this tab has sent."""
        return sum(
            len(frame["payloadData"].rstrip("=")) * 3 // 4
            for event in self._browser.events
            if event["method"] == "Network.webSocketFrameSent"
            and event["sessionId"] == self._session
            and (frame := event["params"]["response"])["opcode"] == 2
        )


@contextlib.asynccontextmanager
async def windowed(profile: Path, *arguments: str) -> AsyncIterator[DevTools]:
    """Chromium with a window, and a virtual screen of its own."""
    virtual_screen = shutil.which("xvfb-run")
    if virtual_screen is None:
        pytest.skip("xvfb-run is not installed")
    process = await asyncio.create_subprocess_exec(
        *(virtual_screen, "--auto-servernum", executable(), *ARGUMENTS, *arguments),
        *(f"--user-data-dir={profile}", "--remote-debugging-port=0", "--no-first-run"),
        "about:blank",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        address = await asyncio.wait_for(_address(process), 30)
        async with connect(address, max_size=None, compression=None, proxy=None) as socket:
            browser = DevTools(socket)
            listening = asyncio.create_task(browser.listen())
            try:
                yield browser
            finally:
                listening.cancel()
    finally:
        # The screen is a process too: they form a group of their own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    said = b""
    async for line in process.stdout:
        said += line
        if found := _ADDRESS.search(line.decode(errors="replace")):
            return found.group(1)
    pytest.fail(f"chromium did not start: {said.decode(errors='replace')[-500:]}")
