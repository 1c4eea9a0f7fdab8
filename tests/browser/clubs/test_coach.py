"""A member talks with the built-in coach, in a real browser whose microphone hears speech."""

from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Playwright, expect

from tests.browser import chromium
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.test_accessibility import assert_accessible, assert_fits
from tests.server import Server
from tests.speech import burst, silence

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_turn_with_the_coach(
    open_page: OpenPage, server: Server, playwright: Playwright, tmp_path: Path
):
    heard = np.concatenate([silence(2), burst(3), silence(60)])
    arguments = (chromium.ALLOW, chromium.FAKE_MICROPHONE)
    microphone = chromium.microphone_file(tmp_path / "turn.wav", heard)
    async with chromium.chromium(playwright, *arguments, microphone) as browser:
        watch = await open_page(browser=browser, viewport=PHONE, permissions=["microphone"])
        page = watch.page
        await page.goto(f"{server.base_url}/clubs/harbour/")
        await page.get_by_role("link", name="Coach", exact=True).click()
        await assert_accessible(page)
        await page.get_by_role("button", name="Start the coach").click()
        await expect(page.locator("[data-engine]")).to_contain_text("The built-in coach answers.")
        await expect(page.locator(".turn--you .turn__text").first).not_to_have_text("…")
        await expect(page.locator(".turn--coach .turn__text").first).to_contain_text(" ")
        await assert_accessible(page)
        await assert_fits(page, PHONE)
        appended = watch.traffic.sent_of("input_audio_buffer.append")
        # Whole frames of 20 ms at 24 kHz: 960 bytes, of which four characters hold three.
        assert {len(one["audio"]) % 1_280 for one in appended} == {0}
        await page.get_by_role("button", name="Stop the coach").click()
        await expect(page.locator("[data-badge]")).to_have_text("Off")
        assert watch.traffic.received_of("error") == []
