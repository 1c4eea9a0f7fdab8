"""Freeing the sound of a take whose conversation nobody has resumed in time."""

import asyncio
import logging
from typing import Any

from sessions_app.coach.coach import Coach
from sessions_app.coach.conversations import RESUME_SECONDS
from sessions_app.coach.core.session import CoachSession
from sessions_app.source import vault_key
from sessions_app.vault import VaultError

log = logging.getLogger(__name__)

_tasks: set[asyncio.Task[Any]] = set()


def release_later(coach: Coach, session: CoachSession, club_id: int, holder: str) -> None:
    """Free the take when the time to resume is over, unless somebody has the conversation then.

    A process that dies before leaves it to the vault, where nothing lies for ever.
    """
    take = session.take
    if take is None or take.state in {"kept", "keeping", "discarded", "failed"}:
        return
    key = vault_key(club_id, take.id)
    task = asyncio.create_task(_release(coach, session.config.session_id, key, holder))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


async def _release(coach: Coach, session_id: str, key: str, holder: str) -> None:
    await asyncio.sleep(RESUME_SECONDS)
    if await coach.conversations.has(session_id, holder):
        try:
            await coach.vault.drop(key)
        except VaultError:
            log.warning("a take was not freed: the vault does not answer; it forgets by itself")
