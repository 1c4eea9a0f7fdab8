"""An operator looks at another tab while the speech goes on."""

from pathlib import Path

import pytest

from tests.browser import chromium
from tests.browser.clubs.sessions.test_live_survival import COUNTED
from tests.browser.devtools import windowed
from tests.server import OPERATOR, serving, sign_in
from tests.speech import SAMPLE_RATE, burst

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

BADGE = "document.querySelector('[data-badge]')?.textContent"
CAPTIONS = "document.querySelector('live-captions')?.textContent"
# The clock of the sound itself: on a machine that is too busy it runs slow, and loses nothing.
KEEP_CONTEXTS = """
window.contexts = [];
window.AudioContext = class extends AudioContext {
  constructor(...options) {
    super(...options);
    window.contexts.push(this);
  }
};
"""
CONTEXT_SECONDS = "contexts.at(-1).currentTime"
FILL_IN = """
const name = document.querySelector("[name=speakerName]");
name.value = "Ana Moreno";
name.dispatchEvent(new Event("input", { bubbles: true }));
document.querySelector("[name=consentConfirmed]").click();
"""
LAST_WORD = "foxtrot20."


async def test_a_hidden_tab_captures_a_whole_minute(tmp_path: Path):
    heard = chromium.microphone_file(tmp_path / "burst.wav", burst(90))
    arguments = (chromium.ALLOW, chromium.FAKE_MICROPHONE, heard)
    with serving(script=COUNTED) as server:
        async with windowed(tmp_path / "profile", *arguments) as browser:
            tab = await browser.open_tab("about:blank")
            await tab.call("Network.enable")
            await tab.call("Page.enable")
            await tab.call("Page.addScriptToEvaluateOnNewDocument", source=KEEP_CONTEXTS)
            account = await sign_in(server, OPERATOR)
            for name, value in account.cookies.items():
                await tab.call("Network.setCookie", name=name, value=value, url=server.base_url)
            await tab.goto(f"{server.base_url}/clubs/harbour/sessions/")
            await tab.evaluate("document.querySelector('main form button').click()")
            await tab.until(f"{BADGE} === 'Not recording'")
            await tab.evaluate(FILL_IN)
            await tab.evaluate("document.querySelector('[data-action=check-microphone]').click()")
            start = "document.querySelector('[data-action=start]')"
            await tab.until(f"!{start}.disabled")
            await tab.evaluate(f"{start}.click()")
            await tab.until(f"{BADGE} === 'Recording'")

            await (await browser.open_tab("about:blank")).activate()
            await tab.until("document.visibilityState === 'hidden'")
            began, sent = await tab.evaluate(CONTEXT_SECONDS), tab.sent_bytes()
            await tab.until(f"{CAPTIONS}.includes('{LAST_WORD}')", seconds=120)
            ended = await tab.evaluate(CONTEXT_SECONDS)
            captured = (tab.sent_bytes() - sent) / 2 / SAMPLE_RATE
            assert await tab.evaluate("document.visibilityState") == "hidden"
            # A few frames are on their way at either end.
            assert captured == pytest.approx(ended - began, abs=0.5)
            for at in range(21):
                assert await tab.evaluate(f"{CAPTIONS}.includes('echo{at:02}')"), at
            await tab.evaluate("document.querySelector('[data-action=stop]').click()")
            await tab.until(f"{BADGE} === 'Evaluation ready'", seconds=60)
