"""A speech that an operator gives on a running server, as fast as the server takes it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.server import Client, Server, session
from tests.speech import SAMPLE_RATE, burst, cut

# Resolves once every row is a bar of the history, in order, in its latest revision, with its words.
AGREES = """async () => {
  const chart = document.querySelector("speech-chart");
  const {bars} = await (await fetch(
    chart.dataset.historyUrl ?? chart.dataset.speakerHistoryUrl)).json();
  const complete = bars.filter(({final, t0, t1}) => final || t1 - t0 > 0.999);
  const rows = [...chart.querySelectorAll(".chart__table tbody tr")];
  const said = (row) => [row.dataset.seq, row.dataset.rev, row.cells[2].textContent].join();
  return bars.length > 0 && rows.map(said).join(";")
    === complete.map(({seq, rev, words}) => [seq, rev, words ?? "–"].join()).join(";");
}"""


@dataclass
class Speaking:
    """A speech of an operator, spoken as fast as the server takes it."""

    client: Client
    seconds: int = 0

    async def say(self, seconds: int) -> None:
        """Speak, until the server has heard it."""
        pcm = burst(seconds, seed=self.seconds).tobytes()
        self.seconds += seconds
        await self.client.send_audio(cut(pcm))
        samples = self.seconds * SAMPLE_RATE

        def heard(frame: dict[str, Any] | bytes) -> bool:
            if isinstance(frame, bytes) or frame["type"] != "audio_ack":
                return False
            return bool(frame["receivedSamples"] >= samples)

        await self.client.until(heard)

    async def stop(self) -> None:
        await self.client.send("stop_recording")
        await self.client.expect("pipeline_progress", stage="ready")


@asynccontextmanager
async def speaking(server: Server, **opened: Any) -> AsyncIterator[Speaking]:
    """``opened``: what ``tests.server.session`` takes besides."""
    async with session(server, **opened) as client:
        yield Speaking(client)
