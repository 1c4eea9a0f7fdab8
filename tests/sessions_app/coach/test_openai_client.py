"""The official client against the engine on a real port: what it takes for granted holds."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from openai import AsyncOpenAI
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter
from websockets.exceptions import ConnectionClosedError

from tests.fakes.realtime import FakeRealtime, Plan, unknown_types
from tests.fakes.realtime_parts import ToneVoice, quiet, tone

SERVER_EVENT: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)


@asynccontextmanager
async def connected(fake: FakeRealtime) -> AsyncIterator[AsyncRealtimeConnection]:
    client = AsyncOpenAI(
        api_key="sk-test", base_url=f"{fake.base_url}/v1", websocket_base_url=fake.url
    )
    async with client.realtime.connect(model="gpt-realtime-2.1") as connection:
        yield connection


async def play(connection: AsyncRealtimeConnection, pcm: bytes) -> None:
    for at in range(0, len(pcm), 1_920):
        piece = base64.b64encode(pcm[at : at + 1_920]).decode()
        await connection.input_audio_buffer.append(audio=piece)


async def until(connection: AsyncRealtimeConnection, kind: str, count: int = 1) -> list[Any]:
    """Events up to the ``count``-th of ``kind``, each held against the package's models."""
    events = []
    async with asyncio.timeout(20):
        async for event in connection:
            assert type(event).__name__ != "BaseModel", event
            SERVER_EVENT.validate_python(event.to_dict(mode="json"), strict=False)
            events.append(event)
            assert event.type != "error", event
            count -= event.type == kind
            if not count:
                return events
    raise AssertionError(f"the connection ended before {kind}")


async def test_a_normal_turn() -> None:
    async with FakeRealtime(["I want to work on my pace"]) as fake, connected(fake) as connection:
        await connection.session.update(
            session={
                "type": "realtime",
                "instructions": "Be kind.",
                "audio": {
                    "input": {"transcription": {"model": "gpt-transcribe", "language": "en"}},
                    "output": {"voice": "marin"},
                },
            }
        )
        events = await until(connection, "session.updated")
        assert events[-1].session.instructions == "Be kind."
        assert events[-1].session.audio.output.voice == "marin"
        await play(connection, quiet(0.5) + tone(1.0) + quiet(0.7))
        events = await until(connection, "response.done")
        (done,) = [event for event in events if event.type == "response.done"]
        assert done.response.status == "completed"
        assert done.response.usage.total_tokens > 0
        assert "your pace" in done.response.output[0].content[0].transcript
        assert len({event.type for event in events}) >= 17


async def test_a_turn_that_is_interrupted() -> None:
    voice = ToneVoice(seconds_per_letter=0.15)
    words = ["I want to work on my pace", "stop"]
    async with FakeRealtime(words, voice=voice) as fake, connected(fake) as connection:
        await connection.session.update(session={"type": "realtime"})
        await play(connection, quiet(0.5) + tone(1.0) + quiet(0.7))
        events = await until(connection, "response.output_audio.delta", count=20)
        item = events[-1].item_id
        await play(connection, tone(0.5))
        events += await until(connection, "response.done")
        assert events[-1].response.status == "cancelled"
        assert events[-1].response.status_details.reason == "turn_detected"
        await connection.conversation.item.truncate(
            item_id=item, content_index=0, audio_end_ms=1_500
        )
        await play(connection, quiet(0.7))
        events = await until(connection, "response.done")
        kinds = [event.type for event in events]
        assert kinds.index("conversation.item.truncated") < kinds.index("response.created")
        assert "stop here" in events[-1].response.output[0].content[0].transcript


async def test_text_in_text_out() -> None:
    async with FakeRealtime() as fake, connected(fake) as connection:
        await connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        await connection.conversation.item.create(
            item={
                "type": "message",
                "role": "user",
                "content": [{"type": "input_text", "text": "help"}],
            }
        )
        await connection.response.create()
        events = await until(connection, "response.done")
        assert "repeat" in events[-1].response.output[0].content[0].text


async def test_errors_name_the_event_that_was_wrong() -> None:
    async with FakeRealtime() as fake, connected(fake) as connection:
        await connection.send_raw(
            '{"type": "session.update", "event_id": "mine",'
            ' "session": {"type": "realtime", "modalities": ["audio"]}}'
        )
        async for event in connection:
            SERVER_EVENT.validate_python(event.to_dict(mode="json"))
            if event.type == "error":
                assert event.error.code == "unknown_parameter"
                assert event.error.param == "session.modalities"
                assert event.error.event_id == "mine"
                break


async def test_the_beta_is_refused() -> None:
    async with FakeRealtime() as fake:
        client = AsyncOpenAI(api_key="sk-test", websocket_base_url=fake.url)
        headers = {"OpenAI-Beta": "realtime=v1"}
        with pytest.raises(Exception, match="400"):
            async with client.realtime.connect(model="gpt-realtime-2.1", extra_headers=headers):
                pass


async def test_a_plan_may_close_at_once() -> None:
    async with FakeRealtime(plans=[Plan(close_at_once=1008)]) as fake:
        async with connected(fake) as connection:
            with pytest.raises(ConnectionClosedError, match="1008"):
                await connection.recv()
        async with connected(fake) as connection:
            await until(connection, "session.created")
        assert fake.connections == 2


async def test_a_plan_may_speak_of_the_future() -> None:
    plan = Plan(noise=tuple(unknown_types(50)), without_usage=True)
    async with FakeRealtime(default=plan) as fake, connected(fake) as connection:
        await connection.response.create()
        kinds: list[str] = []
        async for event in connection:
            kinds.append(event.type)
            if event.type == "response.done":
                break
        assert kinds.count("response.future_7.delta") == 1


async def test_a_script_is_played() -> None:
    script = (
        {"send": {"type": "session.created", "session": {"type": "realtime", "model": "m"}}},
        {"expect": {"type": "conversation.item.delete", "item_id": "$item"}, "within": 5},
        {"send": {"type": "conversation.item.deleted", "item_id": "$item"}},
        {"absent": {"type": "response.cancel"}, "for": 0.05},
        {"close": 1000},
    )
    async with FakeRealtime(plans=[Plan(script=script)]) as fake, connected(fake) as connection:
        assert (await connection.recv()).type == "session.created"
        await connection.conversation.item.delete(item_id="theirs")
        deleted = await connection.recv()
        assert deleted.type == "conversation.item.deleted"
        assert deleted.item_id == "theirs"
        assert [event async for event in connection] == []
    assert fake.faults == []
