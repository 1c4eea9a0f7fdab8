"""What an operator sets, sees and takes back, beside the recording itself."""

from pathlib import Path

import pytest
from playwright.async_api import Playwright, expect

from tests.browser import chromium
from tests.browser.clubs.sessions.test_live import LAST_WORDS
from tests.browser.conftest import OpenLive
from tests.browser.test_accessibility import assert_accessible
from tests.speech import silence

# A hint's eight seconds are over when the test says so, however slow the machine is.
_HOLD_HINTS = """
const later = window.setTimeout.bind(window);
window.setTimeout = (call, delay, ...rest) =>
  delay === 8000 ? void (window.hintIsOver = call) : later(call, delay, ...rest);
"""

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_what_is_set_reaches_the_server_once(open_live: OpenLive):
    live = await open_live()
    page = live.page
    limit = page.get_by_label("Longest spoken evaluation")
    await limit.fill("20")
    await limit.blur()
    await expect(page.get_by_text("Whole seconds, from 30 to 600.")).to_be_visible()
    await limit.fill("60")
    await limit.blur()
    await expect(page.locator("[data-estimate]")).to_contain_text("of 1:00")
    await page.get_by_label("Practice").check()
    await page.get_by_label("What you notice").fill("Spoke without notes.")
    await live.start()
    await live.hears("quillwortzephyr")
    await expect(page.get_by_label("Practice")).to_be_hidden()
    await page.get_by_label("What you notice").fill("Spoke without notes, and smiled.")
    await limit.fill("90")
    await limit.blur()
    await expect(page.locator("[data-estimate]")).to_contain_text("of 1:30")
    sent = live.traffic
    assert [m["seconds"] for m in sent.sent_of("set_time_limit")] == [120, 60, 90]
    assert [m["mode"] for m in sent.sent_of("set_session_mode")] == ["live", "practice"]
    assert sent.sent_of("set_notes")[-1]["notes"] == "Spoke without notes, and smiled."
    assert sent.received_of("error") == []


async def test_style_and_roles_are_chosen_heard_and_kept(open_live: OpenLive):
    live = await open_live()
    page = live.page
    await page.get_by_label("Style").select_option("sbi")
    await expect(page.locator("#style-description")).to_contain_text("what was said or done")
    await page.get_by_label("Timer").check()
    await live.start()
    await live.hears(LAST_WORDS)
    await live.stop()
    await live.deliver()
    await expect(page.locator("evaluation-view dt", has_text="Situation").first).to_be_visible()
    await expect(page.locator("role-reports .role-report")).to_have_count(1)
    await assert_accessible(page)
    report = await page.locator("role-reports h3").inner_text()
    await live.skip_to_end()
    await live.save()
    await page.get_by_role("link", name="Speech page").click()
    await expect(page.get_by_role("heading", name=report)).to_be_visible()
    await assert_accessible(page)


async def test_practice_gives_hints_which_go_by_themselves(open_live: OpenLive):
    live = await open_live(init_script=_HOLD_HINTS)
    await live.page.get_by_label("Practice").check()
    await live.start()
    hint = live.page.locator("coach-cue .toast")
    await expect(hint).to_have_text(
        "You are at 332 words a minute. Take a breath, and let it land.", timeout=60_000
    )
    await assert_accessible(live.page)
    await live.page.evaluate("hintIsOver()")
    await expect(hint).to_be_hidden()


async def test_a_silent_microphone_is_told(
    open_live: OpenLive, playwright: Playwright, tmp_path: Path
):
    nothing = chromium.microphone_file(tmp_path / "nothing.wav", silence(60))
    arguments = (chromium.ALLOW, chromium.FAKE_MICROPHONE, nothing)
    async with chromium.chromium(playwright, *arguments) as browser:
        live = await open_live(browser=browser)
        await live.start()
        await expect(live.page.locator("notice-list")).to_contain_text(
            "The microphone is silent.", timeout=30_000
        )
        await live.page.context.close()


async def test_the_evaluation_is_heard_again(open_live: OpenLive):
    live = await open_live()
    await live.start()
    await live.hears(LAST_WORDS)
    await live.stop()
    await live.deliver()
    await live.skip_to_end()
    replay = live.page.get_by_role("button", name="Replay")
    await replay.dblclick()
    await expect(live.badge).to_have_text("Delivering")
    await expect(replay).to_be_hidden()
    await live.skip_to_end()
    assert live.traffic.commands["replay_tts"] == 1
    assert len(live.traffic.received_of("evaluation_ready")) == 1


async def test_withdrawing_consent_erases_everything_after_one_question(open_live: OpenLive):
    live = await open_live()
    await live.start()
    await live.hears("quillwortzephyr")
    page, dialog = live.page, live.page.get_by_role("dialog")
    await page.get_by_role("button", name="Withdraw consent").click()
    await expect(dialog).to_contain_text("saved files")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(live.badge).to_have_text("Recording")
    await page.get_by_role("button", name="Withdraw consent").click()
    await dialog.get_by_role("button", name="Erase everything").click()
    await expect(page.get_by_text("Everything of this speech was erased.")).to_be_visible()
    await expect(live.captions).to_have_count(0)
    await expect(page.get_by_label("Speaker's name")).to_have_value("")
    await expect(page.locator("[name=consentConfirmed]")).not_to_be_checked()
    await expect(live.button("start")).to_be_disabled()
    assert live.traffic.commands["revoke_consent"] == 1
