"""LiveKit's OpenAI plugin: a turn, an interruption, and the turn after it. In its own Python."""

import asyncio
import sys
from typing import Any

import aiohttp
from livekit import rtc
from livekit.plugins.openai import realtime
from openai.types.beta.realtime.session import TurnDetection
from sound import RATE, quiet, tone  # the folder of a program is on its path


def frames(pcm: bytes) -> list[rtc.AudioFrame]:
    """Pieces of 50 ms, as a room gives them."""
    size = RATE // 20 * 2
    pieces = [pcm[at : at + size] for at in range(0, len(pcm), size)]
    return [rtc.AudioFrame(piece, RATE, 1, len(piece) // 2) for piece in pieces]


class Talk:
    def __init__(self, session: Any) -> None:
        self._session = session
        self.errors: list[Any] = []
        self.kinds: set[str] = set()
        self.generations: asyncio.Queue[Any] = asyncio.Queue()
        self.stopped: asyncio.Queue[Any] = asyncio.Queue()
        self.interrupted = asyncio.Event()
        session.on("error", self.errors.append)
        session.on("generation_created", self.generations.put_nowait)
        session.on("input_speech_started", lambda _event: self.interrupted.set())
        session.on("input_speech_stopped", self.stopped.put_nowait)
        session.on("openai_server_event_received", lambda event: self.kinds.add(event["type"]))

    async def play(self, pcm: bytes) -> None:
        for frame in frames(pcm):
            self._session.push_audio(frame)
            await asyncio.sleep(0)

    async def heard(self, generation: Any, most_ms: float = 1e9) -> tuple[str, float, str]:
        """The item, how much of it was played, and its words; stops at ``most_ms``."""
        async for message in generation.message_stream:
            ms = 0.0
            async for frame in message.audio_stream:
                ms += frame.samples_per_channel / frame.sample_rate * 1_000
                if ms >= most_ms:
                    return message.message_id, ms, ""
            words = [part async for part in message.text_stream]
            return message.message_id, ms, "".join(str(word) for word in words)
        raise AssertionError("no message")


async def main(base_url: str) -> None:
    async with aiohttp.ClientSession() as http, asyncio.timeout(60):
        model = realtime.RealtimeModel(
            model="gpt-realtime-2.1",
            base_url=f"{base_url}/v1",
            api_key="sk-test",
            http_session=http,
            turn_detection=TurnDetection(
                type="server_vad",
                silence_duration_ms=500,
                create_response=True,
                interrupt_response=True,
            ),
        )
        session = model.session()
        talk = Talk(session)
        await session.update_instructions("Be kind.")
        await talk.play(quiet(0.5) + tone(1.0) + quiet(0.8))
        _, ms, words = await talk.heard(await talk.generations.get())
        assert "welcome" in words, words
        assert ms > 1_000

        # Asked for by the client, told apart by its metadata, and interrupted.
        talk.interrupted.clear()
        asked = session.generate_reply(instructions="Go on.")
        generation = await asked
        assert generation.user_initiated
        item, ms, _ = await talk.heard(generation, most_ms=400)
        await talk.play(tone(0.5))
        await talk.interrupted.wait()
        session.truncate(message_id=item, modalities=["audio"], audio_end_ms=int(ms) // 2)
        await talk.play(quiet(0.8))
        while not talk.generations.empty():
            talk.generations.get_nowait()
        _, _, words = await talk.heard(await talk.generations.get())
        assert "stop here" in words, words
        assert talk.errors == [], talk.errors
        assert "conversation.item.truncated" in talk.kinds
        print(f"livekit took {len(talk.kinds)} types of events, no error")
        await session.aclose()
        await model.aclose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
