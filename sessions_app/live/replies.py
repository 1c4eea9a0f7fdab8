"""Replies that wait for their rows, and the steps that store these."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from pydantic import BaseModel

from sessions_app.contract.messages import Consent
from sessions_app.core.machine import SessionMachine
from sessions_app.core.setup import Setup
from sessions_app.core.snapshot import Snapshot
from sessions_app.live.store import SessionStore


class Reply:
    """A message with its place among those for the client; sent only once ``step`` says yes.

    Args:
        step: called with ``args``, stores what the message tells of. Where it says no or raises,
            nothing is sent.
    """

    def __init__(
        self, message: BaseModel, step: Callable[..., Awaitable[bool]], *args: Any
    ) -> None:
        self.message = message
        self._step = partial(step, *args)
        self._settled = asyncio.Event()
        self._holds = False

    async def settle(self) -> None:
        """Run the step; what it raises is raised."""
        try:
            self._holds = await self._step()
        finally:
            self._settled.set()

    async def holds(self) -> bool:
        """Wait for the step; whether the message may be sent."""
        await self._settled.wait()
        return self._holds


async def record_consent(
    machine: SessionMachine, store: SessionStore, consent: Consent, snapshot: Snapshot
) -> bool:
    """Store a consent and the session with it; False when somebody else has the session by now."""
    try:
        machine.setup.own_fillers = await store.record_consent(consent)
        return await store.save_snapshot(snapshot)
    except Exception:
        machine.consent_failed(consent)
        raise


async def still_holds(machine: SessionMachine, consent: Consent) -> bool:
    """Whether a consent that was given before is neither withdrawn nor lost."""
    return machine.setup.consent == consent


async def save_setup(store: SessionStore, setup: Setup, snapshot: Snapshot) -> bool:
    """Store a set-up and the session with it; False when somebody else has the session by now."""
    await store.save_setup(setup)
    return await store.save_snapshot(snapshot)
