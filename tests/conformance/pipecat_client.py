"""pipecat's event parser on a normal turn and one that is interrupted. Runs in its own Python."""

import asyncio
import base64
import json
import sys
from collections import Counter
from typing import Any

import websockets
from pipecat.services.openai.realtime import events
from sound import quiet, tone  # the folder of a program is on its path

NEEDED = {
    "session.created", "session.updated", "conversation.item.added", "conversation.item.done",
    "conversation.item.input_audio_transcription.completed", "conversation.item.truncated",
    "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed", "response.created", "response.output_item.added",
    "response.content_part.added", "response.output_audio.delta", "response.output_audio.done",
    "response.output_audio_transcript.delta", "response.output_audio_transcript.done",
    "response.content_part.done", "response.output_item.done", "response.done",
}  # fmt: skip


class Client:
    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self.parsed: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()

    async def send(self, event: Any) -> None:
        """An event as pipecat writes it."""
        await self._socket.send(json.dumps(event.model_dump(exclude_none=True)))

    async def play(self, pcm: bytes) -> None:
        for at in range(0, len(pcm), 1_920):
            audio = base64.b64encode(pcm[at : at + 1_920]).decode()
            await self.send(events.InputAudioBufferAppendEvent(audio=audio))

    async def until(self, kind: str, count: int = 1) -> Any:
        """The ``count``-th event of ``kind``; each on the way there is parsed."""
        async with asyncio.timeout(20):
            async for message in self._socket:
                event = events.parse_server_event(message)
                if event is None:
                    self.unknown[json.loads(message)["type"]] += 1
                    continue
                self.parsed[event.type] += 1
                assert event.type != "error", message
                count -= event.type == kind
                if not count:
                    return event
        raise AssertionError(f"closed before {kind}")


async def main(base_url: str) -> None:
    url = f"{base_url.replace('http', 'ws')}/v1/realtime?model=gpt-realtime-2.1"
    headers = {"Authorization": "Bearer sk-test"}
    async with websockets.connect(url, additional_headers=headers) as socket:
        client = Client(socket)
        await client.until("session.created")
        audio = events.AudioConfiguration(
            input=events.AudioInput(
                transcription=events.InputAudioTranscription(language="en"),
                turn_detection=events.TurnDetection(silence_duration_ms=500),
            )
        )
        properties = events.SessionProperties(instructions="Be kind.", audio=audio)
        await client.send(events.SessionUpdateEvent(session=properties))
        await client.until("session.updated")

        await client.play(quiet(0.5) + tone(1.0) + quiet(0.7))
        done = await client.until("response.done")
        assert done.response.status == "completed", done
        assert done.response.usage.input_tokens >= 0

        await client.send(events.ResponseCreateEvent(response=events.ResponseProperties()))
        delta = await client.until("response.output_audio.delta", count=10)
        await client.play(tone(0.5))
        done = await client.until("response.done")
        assert done.response.status == "cancelled", done
        await client.send(
            events.ConversationItemTruncateEvent(
                item_id=delta.item_id, content_index=0, audio_end_ms=600
            )
        )
        await client.until("conversation.item.truncated")
        await client.play(quiet(0.7))
        done = await client.until("response.done")
        assert done.response.status == "completed", done
    missing = NEEDED - set(client.parsed)
    assert not missing, f"never parsed: {missing}"
    print(f"pipecat parsed {client.parsed.total()} events of {len(client.parsed)} types")
    print(f"  and has no model for {dict(client.unknown)}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
