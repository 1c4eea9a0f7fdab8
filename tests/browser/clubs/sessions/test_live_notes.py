"""The operator's notes stay in sight, and can be changed when the server takes them."""

import pytest
from playwright.async_api import expect

from tests.browser.clubs.sessions.test_live import LAST_WORDS
from tests.browser.conftest import OpenLive
from tests.browser.test_accessibility import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NOTES = "Paused well.\n<b>Loud</b> enough."


async def test_notes_are_there_after_stop_a_reload_and_saving(open_live: OpenLive):
    live = await open_live()
    page = live.page
    notes = page.get_by_label("What you notice")
    await expect(page.locator("#notes-hint")).to_contain_text("never quoted")
    await live.start()
    await notes.fill(NOTES)
    await live.hears(LAST_WORDS)
    await live.stop()
    await expect(notes).to_be_visible()
    await expect(notes).to_have_value(NOTES)
    await expect(notes).not_to_be_editable()
    await assert_accessible(page)
    await live.deliver()
    await live.skip_to_end()
    await expect(notes).to_be_editable()
    await live.save()
    await page.reload()
    await expect(notes).to_have_value(NOTES)
    assert live.traffic.received_of("error") == []
    await page.get_by_role("link", name="Speech page").click()
    section = page.get_by_role("region", name="Operator's notes")
    assert (await section.locator("p").inner_text()) == NOTES
    await assert_accessible(page)
