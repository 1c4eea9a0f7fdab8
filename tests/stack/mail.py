"""A mail server that takes whatever it is sent, and shows it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    """``url`` is for ``EMAIL_URL``; mails come out of ``mails`` in the order in which they came."""

    url: str = ""
    mails: asyncio.Queue[EmailMessage] = field(default_factory=asyncio.Queue)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """As much of RFC 5321 as a client needs that sends a mail and says good-bye."""

        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        await say("220 mail.example")
        while line := await reader.readline():
            match line.decode().strip().upper().partition(" ")[0]:
                case "DATA":
                    await say("354 go on")
                    lines = []
                    while (part := await reader.readline()) != b".\r\n":
                        lines.append(part.removeprefix(b"."))
                    mail = message_from_bytes(b"".join(lines), policy=policy.default)
                    assert isinstance(mail, EmailMessage)
                    await say("250 taken")
                    await self.mails.put(mail)
                case "QUIT":
                    await say("221 good-bye")
                    break
                case _:
                    await say("250 mail.example")
        writer.close()


@contextlib.asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """Listens on a port of its own."""
    taken = MailServer()
    async with await asyncio.start_server(taken.serve, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        taken.url = f"smtp://127.0.0.1:{port}"
        yield taken
