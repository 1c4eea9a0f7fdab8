"""OpenAI as the coach: what reaches it, and what happens where it fails."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import numpy as np
import pytest

from tests.coach import RATE, coach_socket, talking, tone
from tests.fakes.openai_realtime import KEY, FakeRealtime, fake_realtime
from tests.rows import set_in_rows
from tests.server import Server, serving, sign_in

OWNER = "owner@harbour.example"


@asynccontextmanager
async def with_openai(**faults: Any) -> AsyncIterator[tuple[FakeRealtime, Server]]:
    """A server whose coach is a fake OpenAI."""
    async with fake_realtime(**faults) as fake:
        # Only the coach is asked of it.
        others: dict[str, Any] = {"OPENAI_EVALUATION_MODEL": "", "OPENAI_SPEECH_MODEL": ""}
        with serving(
            "uvicorn", OPENAI_API_KEY=KEY, OPENAI_BASE_URL=fake.base_url, **others
        ) as server:
            yield fake, server


def pitch_of(pcm: bytes, rate: int) -> float:
    samples = np.frombuffer(pcm, dtype="<i2").astype(float)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))


async def test_a_conversation_with_openai():
    async with with_openai() as (fake, server):
        async with talking(server) as client:
            await client.listening()
            provider = client.received.of("coach.provider")[0]
            assert provider["provider"] == "openai"
            assert provider["voice"] == "marin"
            await client.append(tone(2, hertz=440))
            await client.say("Hello")
            await client.expect("response.done")
            assert client.received.of("response.output_audio.delta")
            # What the vendor says of the account, and what nobody has heard of, is not passed on.
            await client.send("session.update")
            await client.expect("error")
            kinds = set(client.received.types)
            assert not {"rate_limits.updated", "something.nobody.has.heard.of"} & kinds
            assert KEY not in str(client.received.messages)
            assert "instructions" not in str(client.received.of("session.created"))
        [request] = fake.requests
        assert request.path == "/v1/realtime?model=gpt-realtime-2.1"
        assert "OpenAI-Beta" not in request.headers
        [connection] = fake.connections
        assert connection.events[0]["type"] == "session.update"
        assert connection.early == 0
        # 440 Hz went in at 24 kHz; 440 Hz arrive, and all of it.
        assert len(connection.sound) == 2 * 2 * RATE
        assert pitch_of(bytes(connection.sound), RATE) == pytest.approx(440, rel=0.01)
        # 400 tokens at $4, 600 at $32, 100 at $24 and 400 at $64 a million.
        set_in_rows(server, "assert str(DailyUsage.objects.get().cost_usd) == '0.048800'")


async def test_after_a_lost_connection_it_goes_on_with_what_was_said():
    async with with_openai() as (fake, server), talking(server) as client:
        await client.listening()
        await client.say("Hello")
        await client.expect("response.done")
        await fake.drop()
        await client.expect("coach.state", state="connecting")
        await client.listening()
        texts = [
            event["item"]["content"][0]["text"]
            for event in fake.connections[1].events
            if event["type"] == "conversation.item.create"
        ]
        assert texts == ["Hello", "Hello from afar."]
        assert len(client.received.of("session.created")) == 1


@pytest.mark.parametrize(
    ("faults", "connections"),
    [({"closes_with": 1008}, 3), ({"refuses_with": HTTPStatus.UNAUTHORIZED}, 1)],
    ids=["accepts and closes", "refuses the key"],
)
async def test_where_openai_refuses_the_built_in_coach_goes_on(faults, connections):
    async with with_openai(**faults) as (fake, server), talking(server) as client:
        provider = await client.expect("coach.provider", provider="builtin")
        assert provider["reason"]
        await client.expect("coach.notice", code="engine_changed")
        await client.listening()
        await client.say("I want to work on my pauses")
        await client.expect("response.output_audio.delta")
        assert len(fake.requests) == connections
        log = server.written()
        assert "coach upstream session=" in log
        assert client.session_id in log
        assert KEY not in log


async def test_whoever_comes_next_does_not_wait_for_a_key_that_was_refused():
    async with with_openai(refuses_with=HTTPStatus.UNAUTHORIZED) as (fake, server):
        for _ in range(2):
            async with talking(server) as client:
                await client.expect("coach.provider", provider="builtin")
                await client.listening()
        assert len(fake.requests) == 1


async def test_a_club_that_sends_nothing_to_vendors_never_asks_openai():
    async with with_openai() as (fake, server):
        set_in_rows(server, "ClubEngines.objects.create(club=club, builtin_only=True)")
        async with talking(server, OWNER) as client:
            await client.listening()
            assert client.received.of("coach.provider")[0]["provider"] == "builtin"
            await client.append(tone(1))
            await client.say("I want to work on my pauses")
            await client.expect("response.output_audio.delta")
        assert fake.requests == []


async def test_the_demo_never_asks_openai():
    async with with_openai() as (fake, server):
        async with await sign_in(server, OWNER) as visitor:
            answer = await visitor.request("GET", "/api/voice/token?demo=true")
        async with coach_socket(server, answer.json()["token"]) as client:
            await client.listening()
            assert client.received.of("coach.provider")[0]["provider"] == "builtin"
        assert fake.requests == []
