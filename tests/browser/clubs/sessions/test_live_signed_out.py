"""The sign-in ends while a speech is recorded: nothing that was said is lost."""

import re

import pytest
from playwright.async_api import Page, expect

from clubs.demo import PASSWORD
from sessions_app.rehearsal.account import Account
from tests.browser.clubs.sessions.test_live_survival import COUNTED, passes
from tests.browser.conftest import OpenLive
from tests.browser.live_page import LivePage
from tests.server import OPERATOR, serving

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AWAY_SECONDS = 6
PATIENCE_MS = 60_000


async def sign_out_in_another_tab(live: LivePage) -> None:
    tab = await live.page.context.new_page()
    await tab.goto(f"{live.base_url}/accounts/")
    await tab.get_by_role("button", name="Sign out").click()
    await expect(tab.get_by_role("link", name="Sign in").first).to_be_visible()
    await tab.close()


async def sign_in_by_the_toast(live: LivePage) -> Page:
    async with live.page.context.expect_page() as opened:
        await live.page.get_by_role("link", name="Sign in again").click()
    tab = await opened.value
    await tab.get_by_label("Email").fill(OPERATOR)
    await tab.get_by_label("Password").fill(PASSWORD)
    await tab.get_by_role("button", name="Sign in").click()
    await expect(tab.get_by_role("heading", name="You are signed in")).to_be_visible()
    return tab


async def test_signing_in_again_goes_on_without_a_hole(open_live: OpenLive):
    with serving(script=COUNTED) as server:
        live = await open_live(server.base_url)
        live.watch.tolerated = ("Failed to load resource",)
        await live.start()
        await live.hears("foxtrot01.")
        await sign_out_in_another_tab(live)
        await expect(live.page.get_by_text("You are signed out.")).to_be_visible(
            timeout=PATIENCE_MS
        )
        await expect(live.badge).to_have_text("Signed out, still recording")
        await passes(live, AWAY_SECONDS)
        await sign_in_by_the_toast(live)
        await expect(live.badge).to_have_text("Recording", timeout=PATIENCE_MS)
        await expect(live.page.get_by_text("You are signed out.")).to_be_hidden()
        await live.hears("foxtrot05.")
        for at in range(6):
            await expect(live.captions.filter(has_text=f"echo{at:02}")).to_have_count(1)
        assert live.traffic.addresses[-1].count("resume=") == 1
        assert live.traffic.commands["start_recording"] == 1
        await live.stop()


async def test_a_new_password_in_this_browser_is_hardly_noticed(open_live: OpenLive):
    """The socket ends with the old sign-in, and the page has a new one already."""
    with serving(script=COUNTED) as server:
        live = await open_live(server.base_url)
        # The first token may be asked for before the browser has heard of its new sign-in.
        live.watch.tolerated = ("Failed to load resource",)
        await live.start()
        await live.hears("foxtrot00.")
        tab = await live.page.context.new_page()
        await tab.goto(f"{server.base_url}/accounts/password/change/")
        await tab.get_by_label("Current Password").fill(PASSWORD)
        await tab.get_by_label("New Password", exact=True).fill("words-on-the-water-9")
        await tab.get_by_label("New Password (again)").fill("words-on-the-water-9")
        await tab.get_by_role("button", name="Change the password").click()
        await expect(tab.get_by_text("Password successfully changed")).to_be_visible()
        await tab.close()
        await expect(live.page.get_by_text("Connected again.")).to_be_visible(timeout=PATIENCE_MS)
        await expect(live.badge).to_have_text("Recording")
        await live.hears("foxtrot03.")
        for at in range(4):
            await expect(live.captions.filter(has_text=f"echo{at:02}")).to_have_count(1)
        await live.stop()


async def test_who_is_removed_meanwhile_is_told_and_not_listened_to(open_live: OpenLive):
    with serving(script=COUNTED) as server:
        live = await open_live(server.base_url)
        live.watch.tolerated = ("Failed to load resource",)
        await live.start()
        await live.hears("alpha00")
        async with Account(server.base_url) as owner:
            await owner.sign_in("owner@harbour.example", PASSWORD)
            people = (await owner.request("GET", "/clubs/harbour/people/")).text
            row = people[people.index(OPERATOR) :]
            found = re.search(r"(/clubs/harbour/people/\d+/)manage/", row)
            assert found
            await owner.request("POST", f"{found.group(1)}remove/")
        refused = live.page.locator("[data-refusal=forbidden]")
        await expect(refused).to_be_visible(timeout=PATIENCE_MS)
        await expect(live.badge).to_have_text("Not connected")
        await expect(live.button("stop")).to_be_disabled()
