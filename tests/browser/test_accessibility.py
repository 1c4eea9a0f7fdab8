"""Nothing serious on pages that come of doing something, light and dark, large and small.

``test_pages`` visits every page that has an address.
"""

from typing import Any, Literal

import pytest
from axe_playwright_python.async_playwright import DEFAULT_OPTIONS, Axe
from playwright.async_api import Page, ViewportSize, expect

from clubs.demo import PASSWORD
from tests.browser.conftest import DESKTOP, PHONE, OpenLive, OpenPage
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

Scheme = Literal["light", "dark"]
schemes = pytest.mark.parametrize("scheme", ["light", "dark"])
sizes = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


async def accessibility(page: Page, options: dict[str, Any] | None = None) -> list[str]:
    """What axe calls serious or critical."""
    results: dict[str, Any] = (await Axe().run(page, options=options or DEFAULT_OPTIONS)).response
    return [
        f"{page.url} {found['id']}: {node['html'][:160]} {node['failureSummary']}"
        for found in results["violations"]
        if found["impact"] in {"serious", "critical"}
        for node in found["nodes"]
    ]


async def assert_accessible(page: Page) -> None:
    serious = await accessibility(page)
    assert not serious, "\n".join(serious)


async def assert_fits(page: Page, size: ViewportSize) -> None:
    """Nothing runs out of the page sideways."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@schemes
@sizes
async def test_pages_of_people_and_of_the_account(
    open_page: OpenPage, server: Server, scheme: Scheme, size: ViewportSize
):
    """As the owner, who may do everything: invite, change, remove, set up a second factor."""
    watch = await open_page(color_scheme=scheme, viewport=size, storage_state=None)
    page = watch.page

    async def holds() -> None:
        await assert_accessible(page)
        await assert_fits(page, size)

    await page.goto(f"{server.base_url}/accounts/login/")
    await page.get_by_label("Email").fill("owner@harbour.example")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    people = f"{server.base_url}/clubs/harbour/people/"
    await page.goto(people)
    await page.get_by_role("button", name="Make the link").click()
    await expect(page.get_by_role("button", name="Copy the link")).to_be_visible()
    await holds()
    await page.goto(await page.get_by_label("Link").input_value())
    await holds()
    await page.goto(people)
    await holds()
    await page.get_by_role("link", name="Change Maya Okafor").click()
    await holds()
    await page.get_by_role("link", name="Remove from the club").click()
    await holds()
    await page.goto(f"{server.base_url}/accounts/2fa/totp/activate/")
    await holds()
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_role("button", name="Switch on")).to_be_visible()
    await holds()


@schemes
@sizes
async def test_a_speech_from_set_up_to_its_page(
    open_live: OpenLive, scheme: Scheme, size: ViewportSize
):
    live = await open_live(color_scheme=scheme, viewport=size)
    page = live.page
    await assert_accessible(page)
    await assert_fits(page, size)
    await live.start()
    await live.hears("a child can have.")
    await assert_accessible(page)
    await assert_fits(page, size)
    await live.stop()
    await assert_accessible(page)
    await live.button("deliver").click()
    await expect(page.locator("evaluation-view .remark").first).to_be_visible()
    await assert_accessible(page)
    await assert_fits(page, size)
    await live.skip_to_end()
    await live.save()
    await page.get_by_role("link", name="Speech page").click()
    await expect(page.locator(".remark").first).to_be_visible()
    await assert_accessible(page)
    await assert_fits(page, size)
