"""The voice coach as it is heard: a real browser, a microphone that plays a file, real engines.

Times are those of the audio clock: beside the page's own graph a second worklet records what the
microphone gave and what the coach was heard to say. The page's own figures are not asked.
"""

import asyncio
import base64
import itertools
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from playwright.async_api import Page

from sessions_app.rehearsal.own_server import own_server
from tests import speech
from tests.bench import audio
from tests.bench.charts import missing as no_browser
from tests.bench.coach_sound import measured
from tests.bench.figures import percentiles, rounded
from tests.bench.server import uvicorn
from tests.browser import chromium
from tests.browser.watched import sign_in

RATE: Final = 24_000
REQUEST: Final = "Please repeat that."
"""What the coach says is then always long enough to be interrupted."""
BETWEEN_SECONDS: Final = 3.6
TAIL_SECONDS: Final = 3.0
FEWEST_CLOCK: Final = 0.98

_WORKLET = """
registerProcessor("bench-recorder", class extends AudioWorkletProcessor {
  #tracks = [new Int16Array(24000), new Int16Array(24000)];
  #filled = 0;
  process(inputs) {
    for (let at = 0; at < 128; at += 1) {
      for (const [track, input] of [inputs[0]?.[0], inputs[1]?.[0]].entries()) {
        this.#tracks[track][this.#filled] = Math.round(32767 * (input?.[at] ?? 0));
      }
      this.#filled += 1;
      if (this.#filled === 24000) {
        this.port.postMessage(this.#tracks);
        this.#filled = 0;
      }
    }
    return true;
  }
});
"""
# Whatever is connected to the loudspeaker is recorded, beside the microphone of the same context.
_TAP = """
window.bench = {seconds: [], times: [], counts: {}, metrics: []};
const {connect} = AudioNode.prototype;
const {createMediaStreamSource} = AudioContext.prototype;
const microphones = new WeakMap();
AudioContext.prototype.createMediaStreamSource = function (stream) {
  const source = createMediaStreamSource.call(this, stream);
  microphones.set(this, source);
  return source;
};
AudioNode.prototype.connect = function (target, ...rest) {
  if (target === this.context.destination) void record(this);
  return connect.call(this, target, ...rest);
};
async function record(player) {
  const {context} = player;
  const module = new Blob([WORKLET], {type: "text/javascript"});
  await context.audioWorklet.addModule(URL.createObjectURL(module));
  const recorder = new AudioWorkletNode(context, "bench-recorder", {
    numberOfInputs: 2, numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit",
  });
  recorder.port.onmessage = ({data}) => {
    bench.seconds.push(data);
    bench.times.push(performance.now());
  };
  connect.call(player, recorder, 0, 0);
  connect.call(microphones.get(context), recorder, 0, 1);
  bench.rate = context.sampleRate;
}
// Only their heads are looked at: to read all of them would cost the page what it is measured by.
const COUNTED = /"type": ?"(conversation\\.item\\.(?:truncated?|deleted?)|error)"/;
const count = (way, text) => {
  const type = COUNTED.exec(text.slice(0, 120))?.[1];
  if (type) bench.counts[`${way} ${type}`] = (bench.counts[`${way} ${type}`] ?? 0) + 1;
};
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({data}) => count("received", data));
  }
  send(text) {
    count("sent", text);
    if (text.startsWith('{"type":"coach.metrics"')) bench.metrics.push(JSON.parse(text));
    super.send(text);
  }
};
"""
_TRACK = """(track) => {
  const bytes = new Uint8Array(bench.seconds.length * 48000);
  bench.seconds.forEach((second, at) => {
    bytes.set(new Uint8Array(second[track].buffer), at * 48000);
  });
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) {
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  }
  return btoa(text);
}"""


def missing() -> str | None:
    """Why this machine cannot measure it."""
    return no_browser() or (None if audio.has_voice() else "flite is not installed")


def coach(runs: int) -> dict[str, Any]:
    """So many times somebody interrupts the built-in coach with a request, and is answered."""
    # The first request is answered and interrupts nobody.
    pcm = _requests(runs + 1)
    with own_server({"REDIS_URL": "", "TRANSCRIBER": "builtin"}, uvicorn) as server:
        return asyncio.run(_talk(server.base_url, pcm))


def _requests(count: int) -> NDArray[np.int16]:
    said = speech.spoken(REQUEST)
    # Never at the same moment of an answer twice.
    waits = BETWEEN_SECONDS + np.random.default_rng(0).uniform(-0.4, 0.4, count)
    parts = [part for wait in waits for part in (said, speech.silence(float(wait)))]
    whole = np.concatenate([*parts, speech.silence(TAIL_SECONDS)])
    room = speech.noise(len(whole) / speech.SAMPLE_RATE, audio.ROOM_LEVEL)[: len(whole)]
    return np.clip(whole.astype(np.int32) + room, -32_768, 32_767).astype("<i2")


async def _talk(base_url: str, pcm: NDArray[np.int16]) -> dict[str, Any]:
    with TemporaryDirectory(prefix="speechcoach-bench-") as folder:
        microphone = chromium.microphone_file(Path(folder, "requests.wav"), pcm)
        arguments = (chromium.ALLOW, chromium.FAKE_MICROPHONE, microphone)
        async with (
            chromium.playwright() as playwright,
            chromium.chromium(playwright, *arguments) as browser,
        ):
            # The page's own policy lets no script of ours in.
            context = await browser.new_context(permissions=["microphone"], bypass_csp=True)
            page = await context.new_page()
            await page.add_init_script(f"const WORKLET = {json.dumps(_WORKLET)};{_TAP}")
            await sign_in(page, base_url)
            await page.goto(f"{base_url}/clubs/harbour/coach/")
            await page.get_by_role("button", name="Start the coach").click()
            seconds = len(pcm) // speech.SAMPLE_RATE + 2
            async with asyncio.timeout(20 + 2 * seconds):
                # Looked at seldom: what asks the page all the time is measured with it.
                while await page.evaluate("bench.seconds.length") < seconds:  # noqa: ASYNC110
                    await asyncio.sleep(1)
            return await _figures(page)


async def _figures(page: Page) -> dict[str, Any]:
    coach, microphone = [await _track(page, track) for track in (0, 1)]
    times, counts, metrics, rate = json.loads(
        await page.evaluate(
            "JSON.stringify([bench.times, bench.counts, bench.metrics, bench.rate])"
        )
    )
    if rate != RATE:
        raise RuntimeError(f"the page's audio clock runs at {rate} Hz")
    clock = 1000 * (len(times) - 1) / (times[-1] - times[0])
    heard = measured(microphone, coach, RATE)
    told = {
        name: [one[name] for one in metrics if name in one]
        for name in ("bargeInMs", "replyMs", "thinkingMs")
    }
    return {
        # Below 0.98 the machine was too busy for its own sound, and nothing here means anything.
        "audioClock": rounded(clock),
        "valid": clock >= FEWEST_CLOCK,
        "onsetToSilent": {
            "count": len(heard.silenced),
            "inAPause": heard.pauses,
            **percentiles(heard.silenced, "Ms", 1),
        },
        "endToReply": {"count": len(heard.replied), **percentiles(heard.replied, "Ms", 1)},
        "largestStepToNatural": rounded(max(heard.steps)),
        "truncation": {
            "sent": counts.get("sent conversation.item.truncate", 0),
            "accepted": counts.get("received conversation.item.truncated", 0),
            "deletions": counts.get("sent conversation.item.delete", 0),
            "errors": counts.get("received error", 0),
        },
        "asThePageSays": {name: percentiles(each, "", 1) for name, each in told.items() if each},
        # Between "All right." and the rest, while words are worked out; and before the first answer
        # there is nobody yet who would hear.
        "underruns": sum(one["underruns"] for one in metrics),
        "droppedSamples": sum(one["droppedSamples"] for one in _from_first_reply(metrics)),
    }


def _from_first_reply(metrics: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(itertools.dropwhile(lambda one: "replyMs" not in one, metrics))[1:]


async def _track(page: Page, track: int) -> NDArray[np.float32]:
    pcm = base64.b64decode(await page.evaluate(_TRACK, track))
    return np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(32_767)
