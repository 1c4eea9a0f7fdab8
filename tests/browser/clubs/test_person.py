"""The page of a person: their last speeches as one chart."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.kept_speech import kept_speech
from tests.browser.speaking import AGREES
from tests.server import Server
from tests.sessions_app.kept import TITLE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_last_speeches_are_joined(open_page: OpenPage, server: Server):
    page = (await open_page()).page
    for _ in range(2):
        speech = kept_speech(server)
    await page.goto(f"{server.base_url}/clubs/harbour/sessions/{speech}/")
    await page.locator(".page-head .eyebrow").get_by_role("link").click()
    await expect(page.get_by_role("heading", name="The last five speeches")).to_be_visible()
    await page.wait_for_function(AGREES, polling=250)
    # Each of them has a first quarter of a minute.
    beginnings = page.locator(".chart__table tbody th", has_text=f"{TITLE}, 0:00")
    assert await beginnings.count() >= 2
