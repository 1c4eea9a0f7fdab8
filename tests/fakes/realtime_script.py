"""A conversation played from a script, one JSON object a line.

    {"at": 1.2, "send": {…}}                                    send, that long after the connect
    {"send": {…}}                                               send at once
    {"expect": {"type": "…"}, "within": 0.2}                    the client must send what has these
    {"absent": {"type": "response.cancel"}, "for": 2}           it must not, for so long
    {"stall": 3}                                                do nothing
    {"close": 1008}                                             close

A string ``"$audio:0.5"`` stands for half a second of sound, and ``"$item"`` for a value that an
``expect`` has seen under ``"$item"``.
"""

import asyncio
import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.fakes.realtime_parts import tone

Step = Mapping[str, Any]


class UnexpectedError(AssertionError):
    """The client did what the script does not say."""


def load(path: Path) -> tuple[Step, ...]:
    """The steps of a script in a file."""
    return tuple(json.loads(line) for line in path.read_text().splitlines() if line.strip())


class Player:
    """Plays one script.

    Args:
        received: what the client sends, in order; the player takes it from here.
    """

    def __init__(self, received: asyncio.Queue[dict[str, Any]]) -> None:
        self._received = received
        self._seen: dict[str, Any] = {}
        self._number = 0

    def filled(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """``event`` with what stands for something else put in, and an id of its own."""
        self._number += 1
        filled = self._filled(event)
        assert isinstance(filled, dict)
        return {"event_id": f"event_script_{self._number}", **filled}

    async def expect(self, wanted: Mapping[str, Any], within: float) -> None:
        """Wait for an event of the client's that has what is ``wanted``."""
        passed: list[str] = []
        try:
            async with asyncio.timeout(within):
                while not self._matches(event := await self._received.get(), wanted):
                    passed.append(str(event.get("type")))
        except TimeoutError:
            raise UnexpectedError(
                f"{wanted} did not come within {within} s; only {passed}"
            ) from None

    async def absent(self, unwanted: Mapping[str, Any], seconds: float) -> None:
        """Watch that no event of the client's has what is ``unwanted``."""
        try:
            async with asyncio.timeout(seconds):
                while not self._matches(await self._received.get(), unwanted):
                    pass
        except TimeoutError:
            return
        raise UnexpectedError(f"{unwanted} came")

    def _matches(self, event: Any, wanted: Any) -> bool:
        if isinstance(wanted, str) and wanted.startswith("$"):
            self._seen[wanted] = event
            return True
        if isinstance(wanted, Mapping):
            return isinstance(event, Mapping) and all(
                name in event and self._matches(event[name], value)
                for name, value in wanted.items()
            )
        return bool(event == wanted)

    def _filled(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: self._filled(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self._filled(one) for one in value]
        if isinstance(value, str) and value.startswith("$audio:"):
            return base64.b64encode(tone(float(value.removeprefix("$audio:")))).decode()
        if isinstance(value, str) and value in self._seen:
            return self._seen[value]
        return value
