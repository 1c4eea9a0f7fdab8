"""A client of the coach's socket that a test drives event by event."""

import base64
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import numpy as np

from sessions_app.rehearsal.account import Account
from tests.server import Client, Server, sign_in, socket

MEMBER = "member@harbour.example"
RATE = 24_000
FRAME = 1_920
"""40 ms, as the page sends them."""


def silence(seconds: float) -> bytes:
    return bytes(2 * round(seconds * RATE))


def tone(seconds: float, hertz: float = 440.0, level: float = 0.4) -> bytes:
    at = np.arange(round(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * hertz * at) * level * 32_767).astype("<i2").tobytes()


def frames(pcm: bytes, size: int = FRAME) -> list[str]:
    pieces = (pcm[at : at + size] for at in range(0, len(pcm), size))
    return [base64.b64encode(piece).decode() for piece in pieces]


class CoachClient(Client):
    """Events as they come; ``session_id`` is what ``coach.state`` has told."""

    @property
    def session_id(self) -> str:
        return str(self.received.of("coach.state")[0]["sessionId"])

    async def listening(self) -> "CoachClient":
        await self.expect("coach.state", state="listening")
        return self

    async def say(self, text: str) -> None:
        """Type something, and ask for an answer."""
        content = [{"type": "input_text", "text": text}]
        item = {"type": "message", "role": "user", "content": content}
        await self.send("conversation.item.create", item=item)
        await self.send("response.create")

    async def append(self, pcm: bytes) -> None:
        for audio in frames(pcm):
            await self.send("input_audio_buffer.append", audio=audio)


async def coach_ticket(account: Account, club: str = "harbour") -> str:
    answer = await account.request(
        "POST", "/api/voice/token", json={"purpose": "realtime", "club": club}
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["token"])


@contextlib.asynccontextmanager
async def coach_socket(
    server: Server, token: str, *, resume: str = "", in_query: bool = False
) -> AsyncIterator[CoachClient]:
    how: dict[str, Any] = {"path": "/ws/realtime", "in_query": in_query, "resume": resume or None}
    async with socket(server, token, **how) as client:
        yield CoachClient(client.socket)


@contextlib.asynccontextmanager
async def talking(
    server: Server, email: str = MEMBER, club: str = "harbour", *, resume: str = ""
) -> AsyncIterator[CoachClient]:
    """The conversation of a member, from its first event on."""
    async with await sign_in(server, email) as account:
        token = await coach_ticket(account, club)
        async with coach_socket(server, token, resume=resume) as client:
            yield client


def only(client: CoachClient, prefix: str) -> list[dict[str, Any]]:
    return [event for event in client.received.messages if event["type"].startswith(prefix)]
