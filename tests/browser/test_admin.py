"""The admin and one's own data, in a browser: nothing that the policy refuses, nothing to trip on.

``open_page`` fails a test whose page meets a policy violation or writes an error.
"""

from typing import Any

import pytest
from playwright.async_api import Page, ViewportSize, expect

from clubs.demo import PASSWORD
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import accessibility, assert_accessible, sizes
from tests.browser.watched import Watched, report_shifts
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SECTIONS = (
    "",
    "clubs/membership/",
    "clubs/retentionpolicy/",
    "clubs/clubengines/add/",
    "clubs/dailylimit/add/",
    "clubs/dailyusage/",
    "clubs/purgeclock/",
    "clubs/purgerecord/",
    "clubs/consentevent/",
    "clubs/erasurereceipt/",
    "clubs/auditevent/",
    "sessions_app/speech/",
    "sessions_app/speech/due/",
    "sessions_app/legalhold/",
    "evaluations/run/",
)
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


async def as_owner(open_page: OpenPage, server: Server, **options: Any) -> Page:
    return (await watched_as_owner(open_page, server, **options)).page


async def watched_as_owner(open_page: OpenPage, server: Server, **options: Any) -> Watched:
    watch = await open_page(storage_state=None, **options)
    page = watch.page
    await page.add_init_script(report_shifts())
    await page.goto(f"{server.base_url}/admin/")
    await page.get_by_label("Email").fill("owner@harbour.example")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/admin/")
    return watch


@sizes
async def test_every_section_works_under_the_policy(
    open_page: OpenPage, server: Server, size: ViewportSize
):
    watch = await watched_as_owner(open_page, server, viewport=size)
    faults = []
    for section in SECTIONS:
        response = await watch.page.goto(f"{server.base_url}/admin/{section}")
        assert response is not None
        found = [] if response.status == 200 else [f"status {response.status}"]
        # What has moved is reported with the frame that it moved in.
        await watch.page.evaluate(TWO_FRAMES)
        faults += [f"{section}: {fault}" for fault in (*found, *watch.faults)]
        watch.faults.clear()
    assert not faults, "\n".join(faults)


@sizes
async def test_every_section_is_accessible(open_page: OpenPage, server: Server, size: ViewportSize):
    # Axe tries styles on these tables that the policy refuses.
    page = await as_owner(open_page, server, viewport=size, bypass_csp=True)
    faults = []
    for section in SECTIONS:
        await page.goto(f"{server.base_url}/admin/{section}")
        faults += await accessibility(page)
    assert not faults, "\n".join(faults)


async def test_a_policy_is_refused_with_its_bounds_and_then_taken(
    open_page: OpenPage, server: Server
):
    page = await as_owner(open_page, server)
    await page.goto(f"{server.base_url}/admin/clubs/retentionpolicy/add/")
    await page.get_by_label("Club").select_option(label="harbour")
    days = page.get_by_label("Keep transcripts for (days)")
    await days.evaluate("field => field.form.noValidate = true")
    await days.fill("6")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Between 7 and 365 days.", exact=True).first).to_be_visible()
    await days.fill("30")
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.wait_for_url("**/admin/clubs/retentionpolicy/")


async def test_people_are_asked_once_more_before_they_are_erased(
    open_page: OpenPage, server: Server
):
    page = await as_owner(open_page, server)
    await page.goto(f"{server.base_url}/admin/clubs/membership/")
    await page.get_by_role("row", name="Maya Okafor").get_by_role("checkbox").check()
    await page.locator("select[name=action]").select_option(value="erase")
    await page.get_by_role("button", name="Go").click()
    await expect(page.get_by_role("button", name="Erase them from the club")).to_be_visible()
    await page.get_by_role("link", name="Keep them").click()
    await expect(page.get_by_role("row", name="Maya Okafor")).to_be_visible()


async def test_ones_own_data_is_downloaded_after_the_password(open_page: OpenPage, server: Server):
    page = await as_owner(open_page, server)
    await page.goto(f"{server.base_url}/accounts/data/")
    await assert_accessible(page)
    await page.get_by_role("link", name="Erase everything").click()
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_role("heading", name="Erase everything")).to_be_visible()
    await assert_accessible(page)
    await page.goto(f"{server.base_url}/accounts/data/")
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download everything").click()
    assert (await download.value).suggested_filename.endswith(".zip")
