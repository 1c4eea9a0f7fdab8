"""Taking a session up in another process, for tests."""

import json

from sessions_app.contract import messages as m
from sessions_app.core.machine import SessionMachine
from sessions_app.core.snapshot import Snapshot
from tests.sessions_app.contract.test_golden import example
from tests.sessions_app.core.driving import WALL_OFFSET, Driver

INFO = m.SessionInfo.model_validate(example("session_info"))


def stored(snapshot: Snapshot) -> Snapshot:
    """A snapshot as it comes out of its row."""
    return Snapshot.model_validate(
        json.loads(json.dumps(snapshot.model_dump(mode="json", by_alias=True)))
    )


def restored(driver: Driver, *, after: float = 0.0) -> Driver:
    """Another process's session, ``after`` seconds later."""
    other = Driver()
    other.now = driver.now + after
    other.machine = SessionMachine.restore(
        driver.machine.config,
        stored(driver.machine.snapshot()),
        samples=driver.machine.samples,
        now=other.now,
        wall=other.now + WALL_OFFSET,
    )
    return other
