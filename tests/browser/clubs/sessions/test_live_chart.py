"""The chart on the operator's page: it follows the recording that runs, and none before it."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenLive
from tests.browser.speaking import AGREES

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_speech_is_drawn_beside_its_captions_and_anew_when_it_begins_anew(
    open_live: OpenLive,
):
    live = await open_live()
    chart = live.page.locator("speech-chart")
    rows = chart.locator(".chart__table tbody tr")
    await expect(chart).to_be_hidden()
    await live.start()
    await live.hears("to be patient.")
    await expect(chart).to_be_visible()
    await expect(rows.nth(5)).to_be_attached()
    await expect(chart.locator("canvas")).to_have_count(2)
    await live.stop()
    await live.page.wait_for_function(AGREES, polling=250)
    before = await rows.count()

    # Its stream has said that the speech is over: what begins now must be asked for.
    await live.button("panic").click()
    await expect(live.badge).to_have_text("Muted")
    await live.button("start").click()
    await expect(live.badge).to_have_text("Recording")
    await expect(rows).not_to_have_count(before)
    await expect(rows.nth(1)).to_be_attached()
    assert await rows.count() < before
    await live.button("panic").click()
