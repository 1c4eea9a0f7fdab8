"""From a planned meeting to a live session that is filled in, and to what the roles say of it."""

import re

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.clubs.sessions.test_live import LAST_WORDS
from tests.browser.conftest import OpenPage
from tests.browser.live_page import LivePage
from tests.browser.test_accessibility import assert_accessible, assert_fits, sizes
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SPEAKER = "Maya Okafor"


async def plan_meeting(page: Page, server: Server, title: str) -> None:
    await page.goto(f"{server.base_url}/clubs/harbour/meetings/")
    await page.get_by_role("link", name="Plan a meeting").first.click()
    await page.get_by_label("Title or theme").fill(title)
    await page.get_by_label("Begins").fill("2031-05-06T19:30")
    await page.get_by_label("Time zone").select_option("Europe/Berlin")
    await page.get_by_label("Word of the day").fill("patience")
    await page.get_by_label("What it means").fill("The will to wait.")
    await assert_accessible(page)
    await page.get_by_role("button", name="Plan it").click()
    await expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


async def add_speech(page: Page, title: str) -> None:
    await page.get_by_role("link", name="Add a speech").click()
    await page.get_by_label("Speaker", exact=True).select_option(SPEAKER)
    await page.get_by_label("Title of the speech").fill(title)
    await page.get_by_label("Project").fill("Ice breaker")
    await page.get_by_label("Objectives").fill("Tell a story\nPause twice")
    await page.get_by_label("Green light at").fill("2:30")
    await page.get_by_label("Red light at").fill("4")
    await page.get_by_label("Longest spoken evaluation").fill("90")
    await assert_accessible(page)
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_role("heading", name=title)).to_be_visible()


async def assert_filled_in(page: Page, title: str) -> None:
    await expect(page.get_by_label("Speaker's name")).to_have_value(SPEAKER)
    await expect(page.get_by_label("Title of the speech")).to_have_value(title)
    await expect(page.get_by_label("Type of project")).to_have_value("Ice breaker")
    await expect(page.get_by_label("Objectives")).to_have_value("Tell a story\nPause twice")
    await expect(page.get_by_label("Longest spoken evaluation")).to_have_value("90")
    await expect(page.locator("[name=consentConfirmed]")).not_to_be_checked()


@sizes
async def test_from_the_agenda_to_the_live_page(
    open_page: OpenPage, server: Server, size: ViewportSize
):
    watch = await open_page(viewport=size, permissions=["microphone"])
    page = watch.page
    title = f"The river at {size['width']}"
    await plan_meeting(page, server, f"Spring {size['width']}")
    await expect(page.get_by_text("Tuesday 6 May 2031, 19:30")).to_be_visible()
    await expect(page.get_by_text("Nothing on the agenda yet")).to_be_visible()
    await add_speech(page, title)
    await add_speech(page, "The lake")
    await page.get_by_role("button", name="Move number 2 up").press("Enter")
    await expect(page.locator(".agenda__title")).to_have_text(["The lake", title])
    await assert_accessible(page)
    await assert_fits(page, size)
    meeting = page.url

    place = page.locator(".agenda__item", has_text=title)
    await place.get_by_role("button", name="Start session").click()
    await page.wait_for_url(re.compile("/sessions/[^/]+/live/"))
    await assert_filled_in(page, title)
    await expect(page.locator("[data-badge]")).not_to_have_text("Connecting")
    await assert_filled_in(page, title)
    address = page.url

    await page.goto(meeting)
    await place.get_by_role("button", name="Open live session").click()
    await page.wait_for_url(address)
    await assert_filled_in(page, title)

    await page.goto(meeting)
    await place.get_by_role("link", name=SPEAKER).click()
    await expect(page.get_by_role("heading", level=1, name=SPEAKER)).to_be_visible()
    await assert_accessible(page)
    await assert_fits(page, size)


async def test_the_word_and_the_times_of_the_meeting_reach_the_roles(
    open_page: OpenPage, server: Server
):
    watch = await open_page(permissions=["microphone"])
    page = watch.page
    await plan_meeting(page, server, "An evening of patience")
    await add_speech(page, "What the river taught")
    await page.get_by_role("button", name="Start session").click()
    live = LivePage(watch, server.base_url)
    await expect(live.badge).not_to_have_text("Connecting")
    for role in ("Timer", "Ah-counter", "Grammarian"):
        await page.get_by_label(role).check()
    await page.locator("[name=consentConfirmed]").check()
    await expect(live.button("start")).to_be_enabled()
    await live.button("start").click()
    await expect(live.badge).to_have_text("Recording")
    await live.hears(LAST_WORDS)
    await live.stop()
    await live.deliver()
    reports = page.locator("role-reports")
    await expect(reports).to_contain_text("The lights were set for 2.5 to 4 minutes, as the agenda")
    await expect(reports).to_contain_text("“patience”: once, inflections included")
    await live.skip_to_end()
    await live.save()
    await page.goto(f"{server.base_url}/clubs/harbour/")
    await expect(page.get_by_role("link", name="What the river taught")).to_be_visible()
    await assert_accessible(page)
