"""What the operator is told is agreed is stored by then. A real machine; its rows are played."""

import asyncio
import json
from typing import Any
from unittest.mock import Mock

import pytest

from sessions_app.contract import messages as m
from sessions_app.core.audio import CHUNK_SAMPLES
from sessions_app.live.consumer import SessionConsumer
from tests.server import DEADLINE_SECONDS
from tests.sessions_app.core.driving import FORMAT, Driver

CONSENT = {"type": "set_consent", "speakerName": "Ada", "consentConfirmed": True}
LIMIT = {"type": "set_time_limit", "seconds": 90}
REPLIES = [(CONSENT, "consent_status"), (LIMIT, "duration_estimate")]


class Rows:
    """A store; ``told`` is what has been stored and sent, in order."""

    speech_id = "speech"

    def __init__(self) -> None:
        self.told: list[str] = []
        self.said = asyncio.Condition()
        self.asked = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()
        self.error: Exception | None = None
        self.mine = True

    async def note(self, what: str) -> None:
        async with self.said:
            self.told.append(what)
            self.said.notify_all()

    async def until(self, what: str) -> list[str]:
        async with asyncio.timeout(DEADLINE_SECONDS), self.said:
            await self.said.wait_for(lambda: what in self.told)
        return self.told

    async def record_consent(self, _consent: m.Consent) -> None:
        await self._write("consent")

    async def save_setup(self, _setup: Any) -> None:
        await self._write("setup")

    async def save_snapshot(self, _snapshot: Any) -> bool:
        await self._write("snapshot")
        return self.mine

    async def request_evaluation(self, *_asked: Any) -> None:
        await self._write("request")

    async def touch(self) -> None:
        pass

    enter = cancel_runs = begin_recording = Mock(side_effect=lambda *_: asyncio.sleep(0))

    async def _write(self, what: str) -> None:
        self.asked.set()
        await self.free.wait()
        # Whoever does not wait for this goes first.
        for _ in range(100):
            await asyncio.sleep(0)
        if self.error:
            raise self.error
        await self.note(what)


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
async def socket(rows: Rows) -> Any:
    async def sent(message: dict[str, Any]) -> None:
        await rows.note(json.loads(message["text"])["type"])

    consumer: Any = SessionConsumer(vendors=Mock(piece=lambda: CHUNK_SAMPLES))
    consumer.store, consumer.base_send, consumer.recorder = rows, sent, Mock()
    consumer.lineup = Mock()
    consumer.machine = Driver(consent=None).machine
    yield consumer
    for pump in (consumer.outbox, consumer.rows):
        await pump.close()


async def say(socket: Any, *messages: Any) -> None:
    for message in messages:
        await socket.receive(text_data=json.dumps(message))


@pytest.mark.parametrize(("message", "reply"), REPLIES)
async def test_a_reply_comes_after_its_rows(socket, rows, message, reply):
    await say(socket, message)
    told = await rows.until(reply)
    assert told[-2:] == ["snapshot", reply]


@pytest.mark.parametrize(("message", "reply"), REPLIES)
async def test_later_messages_keep_their_place(socket, rows, message, reply):
    """However long the rows take: the order is that of what was said."""
    await say(socket, message, message, "malformed")
    told = [what for what in await rows.until("error") if what in {reply, "error"}]
    assert told == [reply, reply, "error"]


async def test_rows_that_take_long_hold_up_nothing_but_what_is_told(socket, rows):
    rows.free.clear()
    await say(socket, CONSENT, FORMAT.model_dump(by_alias=True), {"type": "start_recording"})
    await asyncio.wait_for(rows.asked.wait(), DEADLINE_SECONDS)
    socket._take_audio([bytes(1_600)])
    assert socket.machine.samples == 800
    assert not rows.told
    rows.free.set()
    told = await rows.until("state_change")
    assert told.index("consent_status") < told.index("state_change")


@pytest.mark.parametrize(("message", "reply"), REPLIES)
async def test_what_could_not_be_stored_is_not_told_and_may_be_said_again(
    socket, rows, message, reply
):
    rows.error = OSError("the database is away")
    await say(socket, message)
    assert reply not in await rows.until("error")
    rows.error = None
    await say(socket, message)
    told = await rows.until(reply)
    written = "consent" if message is CONSENT else "setup"
    assert told[-3:] == [written, "snapshot", reply]


async def test_nothing_is_recorded_on_a_consent_that_could_not_be_stored(socket, rows):
    rows.free.clear()
    rows.error = OSError("the database is away")
    await say(socket, CONSENT, FORMAT.model_dump(by_alias=True), {"type": "start_recording"})
    assert socket.machine.state == "recording"
    rows.free.set()
    await rows.until("error")
    assert socket.machine.state == "idle"
    assert socket.machine.setup.consent is None


async def test_a_session_that_was_taken_over_is_told_nothing(socket, rows):
    rows.mine = False
    await say(socket, CONSENT, "malformed")
    assert "consent_status" not in await rows.until("error")


async def test_a_consent_said_twice_is_told_twice_or_not_at_all(socket, rows):
    rows.error = OSError("the database is away")
    await say(socket, CONSENT, CONSENT, "malformed")
    told = await rows.until("error")
    assert "consent_status" not in told
    rows.error = None
    await say(socket, CONSENT, CONSENT, LIMIT)
    told = await rows.until("duration_estimate")
    assert [what for what in told if what in {"consent", "consent_status"}] == [
        "consent",
        "consent_status",
        "consent_status",
    ]


async def test_an_evaluation_that_could_not_be_asked_for_is_asked_for_again(socket, rows):
    await say(socket, CONSENT, FORMAT.model_dump(by_alias=True), {"type": "start_recording"})
    await say(socket, {"type": "stop_recording"})
    await rows.until("pipeline_progress")
    rows.error = OSError("the database is away")
    socket.machine.capture_finished(socket.machine.run_id)
    socket._carry_out()
    await asyncio.wait_for(socket.rows.drained(), DEADLINE_SECONDS)
    assert not socket.machine.awaits_run
    rows.error = None
    await say(socket, {"type": "deliver_evaluation"})
    await rows.until("request")
    assert socket.machine.awaits_run
