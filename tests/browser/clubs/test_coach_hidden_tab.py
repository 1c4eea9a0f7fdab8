"""The coach listens in a tab that nobody looks at: slides are in front of it."""

from pathlib import Path

import pytest

from tests.browser import chromium
from tests.browser.devtools import windowed
from tests.server import OPERATOR, Server, sign_in
from tests.speech import burst

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# The clock of the sound itself, the samples that are sent of it, and how often a frame is painted.
COUNT = """
window.contexts = [];
window.AudioContext = class extends AudioContext {
  constructor(...options) {
    super(...options);
    window.contexts.push(this);
  }
};
window.appended = 0;
window.WebSocket = class extends WebSocket {
  send(text) {
    if (text.startsWith('{"type":"input_audio_buffer.append"')) {
      window.appended += atob(JSON.parse(text).audio).length / 2;
      document.documentElement.dataset.seconds = Math.floor(window.appended / 24000);
    }
    super.send(text);
  }
};
window.painted = 0;
const ask = window.requestAnimationFrame;
window.requestAnimationFrame = (paint) => ask((now) => {
  window.painted += 1;
  paint(now);
});
"""
NOW = "[contexts.at(-1).currentTime, appended / 24000, painted]"
SECONDS = "Number(document.documentElement.dataset.seconds ?? 0)"
HIDDEN_SECONDS = 60


async def test_a_hidden_tab_sends_all_that_it_hears_and_paints_nothing(
    server: Server, tmp_path: Path
):
    heard = chromium.microphone_file(tmp_path / "burst.wav", burst(90))
    arguments = (chromium.ALLOW, chromium.FAKE_MICROPHONE, heard)
    account = await sign_in(server, OPERATOR)
    async with windowed(tmp_path / "profile", *arguments) as browser:
        tab = await browser.open_tab("about:blank")
        await tab.call("Network.enable")
        await tab.call("Page.enable")
        await tab.call("Page.addScriptToEvaluateOnNewDocument", source=COUNT)
        for name, value in account.cookies.items():
            await tab.call("Network.setCookie", name=name, value=value, url=server.base_url)
        await tab.goto(f"{server.base_url}/clubs/harbour/coach/")
        await tab.until("document.readyState === 'complete'")
        await tab.evaluate("document.querySelector('[data-action=power]').click()")
        await tab.until(f"{SECONDS} >= 1")

        await (await browser.open_tab("about:blank")).activate()
        await tab.until("document.visibilityState === 'hidden'")
        before = await tab.evaluate(NOW)
        await tab.until(f"{SECONDS} >= {before[1] + HIDDEN_SECONDS}", seconds=180)
        after = await tab.evaluate(NOW)
        assert await tab.evaluate("document.visibilityState") == "hidden"
        clock, appended, painted = [end - begin for begin, end in zip(before, after, strict=True)]
        # A few frames are on their way at either end.
        assert appended == pytest.approx(clock, abs=0.25)
        assert painted <= 3
