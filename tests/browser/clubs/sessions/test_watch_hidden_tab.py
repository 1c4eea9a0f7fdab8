"""Nobody looks at the tab, or it lies in the browser's cache, while the speech goes on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.browser.devtools import DevTools, Tab, windowed
from tests.browser.speaking import Speaking, speaking
from tests.faults.proxy import proxy
from tests.server import OPERATOR, Server, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# What is drawn, and which second the stream has told last, where a test can see it change.
COUNT = """
window.drawn = 0;
const clear = CanvasRenderingContext2D.prototype.clearRect;
CanvasRenderingContext2D.prototype.clearRect = function (...box) {
  window.drawn += 1;
  return clear.apply(this, box);
};
window.EventSource = class extends EventSource {
  constructor(...options) {
    super(...options);
    for (const kind of ["bar", "micro"]) {
      this.addEventListener(kind, ({data}) => {
        const heard = Number(document.documentElement.dataset.heard ?? -1);
        document.documentElement.dataset.heard = Math.max(heard, JSON.parse(data).seq);
      });
    }
  }
};
window.addEventListener("pageshow", ({persisted}) => {
  document.documentElement.dataset.persisted = persisted;
});
"""
ROWS = "document.querySelectorAll('.chart__table tbody tr').length"
HEARD = "Number(document.documentElement.dataset.heard)"


async def has_seconds(tab: Tab, seconds: int) -> None:
    """The table has every second up to here, once, in order."""
    await tab.until(f"{ROWS} === {seconds}")
    seqs = await tab.evaluate(
        "[...document.querySelectorAll('.chart__table tbody tr')].map((row) => +row.dataset.seq)"
    )
    assert seqs == list(range(seconds))


@asynccontextmanager
async def watching(
    folder: Path, server: Server, speech: Speaking, base_url: str
) -> AsyncIterator[tuple[DevTools, Tab]]:
    """A browser with a tab that watches the speech, signed in."""
    async with windowed(folder / "profile") as browser:
        tab = await browser.open_tab("about:blank")
        await tab.call("Network.enable")
        await tab.call("Page.enable")
        await tab.call("Page.addScriptToEvaluateOnNewDocument", source=COUNT)
        account = await sign_in(server, OPERATOR)
        for name, value in account.cookies.items():
            await tab.call("Network.setCookie", name=name, value=value, url=base_url)
        await tab.goto(f"{base_url}/clubs/harbour/sessions/{speech.client.session_id}/watch/")
        yield browser, tab


async def test_a_hidden_tab_paints_nothing_and_is_right_when_seen_again(
    tmp_path: Path, hasty: Server
):
    async with (
        speaking(hasty) as speech,
        watching(tmp_path, hasty, speech, hasty.base_url) as (browser, tab),
    ):
        await speech.client.start()
        await speech.say(3)
        await has_seconds(tab, 3)
        await (await browser.open_tab("about:blank")).activate()
        await tab.until("document.visibilityState === 'hidden'")
        drawn = await tab.evaluate("drawn")
        await speech.say(4)
        await tab.until(f"{HEARD} >= 6")
        assert await tab.evaluate("drawn") == drawn
        assert await tab.evaluate(ROWS) == 3
        await tab.activate()
        await has_seconds(tab, 7)
        assert await tab.evaluate("drawn") > drawn


def keepable(block: bytes) -> bytes:
    """Pages as a browser may keep them that does not mind what ours say, as some do not."""
    return block.replace(b"no-store", b"no-cache")


async def test_back_from_the_browsers_cache_it_goes_on(tmp_path: Path, hasty: Server):
    async with (
        proxy(hasty.base_url, keepable) as line,
        speaking(hasty) as speech,
        watching(tmp_path, hasty, speech, line.base_url) as (_, tab),
    ):
        await speech.client.start()
        await speech.say(3)
        await has_seconds(tab, 3)
        await tab.goto(f"{line.base_url}/clubs/harbour/sessions/")
        await speech.say(3)
        await tab.evaluate("history.back()")
        await has_seconds(tab, 6)
        assert await tab.evaluate("document.documentElement.dataset.persisted") == "true"
        await speech.say(2)
        await has_seconds(tab, 8)
