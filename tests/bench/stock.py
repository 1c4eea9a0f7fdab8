"""What is compared with: Channels' own consumer, as its tutorial has it, behind our pages.

It answers chunks with their level and nothing else: no contract, no health, no vault, no bars, no
captions, no rows. ``python -m uvicorn tests.bench.stock:application``, or daphne.
"""

import json
import math
from typing import Any

import numpy as np

# Sets Django up, which what follows it needs.
from speechcoach.asgi import application as product  # isort: split

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter

from sessions_app.core.vad import STATUS_WINDOWS
from sessions_app.live.gates import SUBPROTOCOL


class StockConsumer(AsyncWebsocketConsumer):
    """Says of the contract as much as the load generator waits for."""

    async def connect(self) -> None:
        self.chunks = 0
        await self.accept(SUBPROTOCOL)
        await self.say("state_change", state="idle")

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if bytes_data is not None:
            await self.hear(bytes_data)
            return
        match json.loads(text_data or "{}").get("type"):
            case "set_consent":
                await self.say("consent_status", consent={"consentConfirmed": True})
            case "start_recording":
                await self.say("state_change", state="recording")

    async def hear(self, pcm: bytes) -> None:
        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
        level = math.sqrt(float(np.dot(samples, samples)) / len(samples))
        self.chunks += 1
        if self.chunks % STATUS_WINDOWS == 0:
            await self.say("vad_status", energy=level / 32_768, isSpeech=level > 500)

    async def say(self, kind: str, **fields: Any) -> None:
        await self.send(text_data=json.dumps({"type": kind, **fields}))


application = ProtocolTypeRouter(
    {**product.application_mapping, "websocket": StockConsumer.as_asgi()}
)
