"""The whole job of one rehearsal, from sign-in to saved files."""

import base64
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin

from websockets.exceptions import InvalidHandshake

from sessions_app.contract import messages as m
from sessions_app.rehearsal import RehearsalError
from sessions_app.rehearsal.account import Account
from sessions_app.rehearsal.conversation import Conversation
from sessions_app.rehearsal.display import Display
from sessions_app.rehearsal.recording import seconds_of
from sessions_app.rehearsal.report import Report, SavedFile


@dataclass(frozen=True, slots=True)
class Options:
    """Who speaks where, how fast, and where the files go."""

    club: str
    email: str
    password: str
    speaker: str
    paced: bool
    out: Path | None = None


async def rehearse(base_url: str, pcm: bytes, options: Options, display: Display) -> Report:
    """Hold one session over the server's HTTP and WebSocket interface.

    Args:
        base_url: where the server is.
        pcm: PCM16LE mono 16 kHz.
        options: what was asked for.
        display: shows what goes on.

    Raises:
        RehearsalError: it could not be brought to its end.
    """
    async with Account(base_url) as account:
        await account.sign_in(options.email, options.password)
        token = await account.ticket(options.club)
        try:
            async with (
                account.socket(token) as socket,
                Conversation(socket, display) as conversation,
            ):
                report, saved = await _converse(conversation, pcm, options)
        except (OSError, InvalidHandshake) as error:
            raise RehearsalError(f"The session's socket cannot be opened: {error}.") from None
        report.files.extend(await _fetch(account, saved, options.out))
    return report


async def _converse(
    conversation: Conversation, pcm: bytes, options: Options
) -> tuple[Report, m.OutputsSaved]:
    await conversation.prepare(options.speaker)
    await conversation.record(pcm, paced=options.paced)
    # A decoder may take a few times as long as the speech on a slow machine.
    evaluated = await conversation.evaluation_settled(patience=120 + 6 * seconds_of(pcm))
    if evaluated:
        await conversation.deliver()
    saved = await conversation.save()
    message = None if evaluated else conversation.view.stage_message
    timings = {"speech": seconds_of(pcm), **conversation.timings}
    return Report(conversation.view, timings, message), saved


async def _fetch(account: Account, saved: m.OutputsSaved, out: Path | None) -> list[SavedFile]:
    """Download every saved file: what a member would get, not only what the message says."""
    said = {file.name: _bytes(file) for file in saved.files}
    files = []
    for path in saved.paths:
        name = Path(unquote(path)).name
        content = await account.download(path)
        if said.get(name, content) != content:
            raise RehearsalError(f"{path} is not what the server said it saved.")
        target = _write(out, name, content) if out is not None else None
        files.append(SavedFile(name, urljoin(account.origin, path), content, target))
    return files


def _bytes(file: m.OutputFile) -> bytes:
    return base64.b64decode(file.content) if file.encoding == "base64" else file.content.encode()


def _write(out: Path, name: str, content: bytes) -> str:
    try:
        out.mkdir(parents=True, exist_ok=True)
        target = out / name
        target.write_bytes(content)
    except OSError as error:
        raise RehearsalError(f"{out} cannot be written: {error.strerror}.") from None
    return str(target)
