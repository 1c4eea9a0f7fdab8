"""Every page of the product, large and small, light and dark: what all of them promise.

No violation that axe calls serious or critical, nothing that runs out sideways, no shift of the
layout; and, as on every watched page, nothing on the console and no violation of the policy.
"""

import pytest
from playwright.async_api import Page, ViewportSize

from tests.browser.conftest import OpenPage
from tests.browser.survey import Survey, survey
from tests.browser.test_accessibility import accessibility, sizes
from tests.browser.watched import Watched, report_shifts
from tests.server import Server

pytestmark = pytest.mark.browser

# What another scheme can change.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
# Routes that showed nobody anything, reviewed one by one.
NO_PAGES = {
    # Answers whoever says which speech; the charts of the pages do.
    "/api/history",
    "/stream/metrics",
    # Gives a ticket to whom a POST asks for; a GET only where there is a demo.
    "/api/voice/token",
    # Leads back to the speech.
    "/clubs/<club_slug>/sessions/<speech_id>/share/",
}


@pytest.fixture(scope="session")
def surveyed(server: Server) -> Survey:
    return survey(server)


def test_every_route_was_answered(surveyed: Survey):
    assert set(surveyed.silent) == NO_PAGES


@pytest.mark.asyncio(loop_scope="session")
@sizes
async def test_every_page(
    open_page: OpenPage, server: Server, surveyed: Survey, size: ViewportSize
):
    people: dict[str, Watched] = {}
    faults = []
    for visit in surveyed.visits:
        if visit.who not in people:
            people[visit.who] = await _open_as(visit.who, open_page, server, surveyed, size)
        watch = people[visit.who]
        address = f"{server.base_url}{visit.address}"
        response = await watch.page.goto(address)
        found = await _faults(watch.page, size)
        if response is None or response.status != 200 or watch.page.url != address:
            found.append(f"led to {watch.page.url}")
        found += watch.faults
        watch.faults.clear()
        faults += [f"{visit.who} at {visit.address}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)


async def _open_as(
    who: str, open_page: OpenPage, server: Server, surveyed: Survey, size: ViewportSize
) -> Watched:
    # Without motion: colours on their way from one scheme to the other are nobody's choice.
    watch = await open_page(viewport=size, storage_state=None, reduced_motion="reduce")
    await watch.page.add_init_script(report_shifts())
    if cookie := surveyed.cookies.get(who):
        await watch.page.context.add_cookies(
            [{"name": surveyed.cookie_name, "value": cookie, "url": server.base_url}]
        )
    return watch


async def _faults(page: Page, size: ViewportSize) -> list[str]:
    await page.emulate_media(color_scheme="light")
    found = await accessibility(page)
    await page.emulate_media(color_scheme="dark")
    found += [f"dark: {fault}" for fault in await accessibility(page, COLOURS)]
    wide = await page.evaluate("document.documentElement.scrollWidth")
    if wide > size["width"]:
        found.append(f"{wide} pixels wide")
    return found
