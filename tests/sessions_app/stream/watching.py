"""Watching a speech over HTTP: its history, and its stream event by event."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from sessions_app.rehearsal.account import Account
from tests.server import DEADLINE_SECONDS


@dataclass(frozen=True)
class Told:
    """One event of a stream; heartbeats have no id."""

    kind: str
    data: dict[str, Any]
    id: str = ""

    @property
    def epoch(self) -> str:
        return self.id.rpartition("-")[0]

    @property
    def eid(self) -> int:
        return int(self.id.rpartition("-")[2])


@dataclass
class Chart:
    """What a page keeps: bars by ``seq``, of each the highest ``rev``."""

    bars: dict[int, dict[str, Any]] = field(default_factory=dict)
    last_id: str = ""

    def apply(self, bar: dict[str, Any]) -> None:
        known = self.bars.get(bar["seq"])
        if known is None or known["rev"] < bar["rev"]:
            self.bars[bar["seq"]] = bar

    def take(self, told: Told) -> None:
        self.last_id = told.id or self.last_id
        if told.kind in {"bar", "micro"}:
            self.apply(told.data)
        elif told.kind == "reset":
            self.bars.clear()

    def load(self, history: dict[str, Any]) -> None:
        if history["reset"]:
            self.bars.clear()
        for bar in history["bars"]:
            self.apply(bar)

    @property
    def shown(self) -> list[dict[str, Any]]:
        return [self.bars[seq] for seq in sorted(self.bars)]


async def history(account: Account, speech: str, **asked: Any) -> dict[str, Any]:
    answer = await account.request("GET", "/api/history", params={"speech": speech, **asked})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


class Stream:
    """An open stream. ``retry`` is what it said first."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.received: list[Told] = []
        self.retry: int | None = None
        self._blocks = self._cut()

    async def next(self) -> Told | None:
        """The next event; None when the server has ended the stream."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            async for lines in self._blocks:
                fields = dict(line.split(": ", 1) for line in lines)
                if "retry" in fields:
                    self.retry = int(fields["retry"])
                if "event" in fields:
                    told = Told(fields["event"], json.loads(fields["data"]), fields.get("id", ""))
                    self.received.append(told)
                    return told
        return None

    async def until(self, wanted: Callable[[Told], bool]) -> Told:
        """The first event that is wanted; fails where the stream ends before it."""
        while (told := await self.next()) is not None:
            if wanted(told):
                return told
        raise AssertionError(f"it did not come: {[told.kind for told in self.received]}")

    async def rest(self) -> list[Told]:
        """Everything up to the end of the stream."""
        begin = len(self.received)
        while await self.next() is not None:
            pass
        return self.received[begin:]

    async def _cut(self) -> AsyncIterator[list[str]]:
        lines: list[str] = []
        with contextlib.suppress(httpx.RemoteProtocolError, httpx.ReadError):
            async for line in self.response.aiter_lines():
                if line:
                    lines.append(line)
                elif lines:
                    yield lines
                    lines = []


@contextlib.asynccontextmanager
async def stream(
    account: Account, speech: str, *, last_event_id: str | None = None, **asked: Any
) -> AsyncIterator[Stream]:
    """A stream as ``EventSource`` opens it; whatever the status is."""
    headers = {"Accept": "text/event-stream"}
    if last_event_id is not None:
        headers["Last-Event-ID"] = last_event_id
    async with (
        httpx.AsyncClient(
            base_url=account.origin,
            cookies=account.cookies,
            timeout=DEADLINE_SECONDS,
            trust_env=False,
        ) as http,
        http.stream(
            "GET", "/stream/metrics", params={"speech": speech, **asked}, headers=headers
        ) as response,
    ):
        yield Stream(response)
