"""The operator's page over a slow line: it is painted in parts, and no part moves another."""

import pytest
from playwright.async_api import ViewportSize, expect

from tests.browser.conftest import OpenLive
from tests.browser.test_accessibility import sizes
from tests.browser.watched import report_shifts

pytestmark = pytest.mark.browser

SLOW = {
    "offline": False,
    "latency": 40,
    "downloadThroughput": 60_000,
    "uploadThroughput": 60_000,
}


@pytest.mark.asyncio(loop_scope="session")
@sizes
async def test_what_arrives_later_moves_nothing(open_live: OpenLive, size: ViewportSize):
    live = await open_live(viewport=size, init_script=report_shifts(0.02))
    page = live.page
    tools = await page.context.new_cdp_session(page)
    await tools.send("Network.enable")
    await tools.send("Network.emulateNetworkConditions", SLOW)
    # The first time without styles in the cache; then with them, and painting begins earlier.
    for cached in (False, True):
        await tools.send("Network.setCacheDisabled", {"cacheDisabled": not cached})
        await page.reload()
        await expect(page.locator("[data-engines]")).to_contain_text("Engines at work: ")
        await expect(page.locator("[data-microphone-status]")).to_have_text("The microphone works.")
        # What has moved is told with the frame after.
        await page.evaluate(
            "new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)))"
        )
