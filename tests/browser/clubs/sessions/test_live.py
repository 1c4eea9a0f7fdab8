"""The operator's whole job in a real browser, with a microphone that plays a file."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Download, Playwright, ViewportSize, expect

from tests.browser import chromium
from tests.browser.conftest import DESKTOP, PHONE, OpenLive, OpenPage
from tests.browser.live_page import SPEAKER, TITLE, LivePage
from tests.browser.watched import sign_in
from tests.server import Server, serving
from tests.speech import PASSAGE, spoken, words_right

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LAST_WORDS = "a child can have."


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_the_whole_job(open_page: OpenPage, server: Server, size: ViewportSize):
    watch = await open_page(storage_state=None, viewport=size, permissions=["microphone"])
    page = watch.page
    await sign_in(page, server.base_url)

    live = await LivePage(watch, server.base_url).open_new()
    await expect(live.button("start")).to_be_disabled()
    await live.consent()
    await page.get_by_role("button", name="Check microphone").click()
    await expect(page.get_by_text("The microphone works.")).to_be_visible()
    await live.start()
    await live.hears("quillwortzephyr")
    await live.hears(LAST_WORDS)
    await live.stop()
    await expect(page.locator("pipeline-steps [data-step=done]")).to_have_count(4)
    assert await live.deliver() > 0.05
    await live.skip_to_end()
    assert live.traffic.commands["playback_finished"] == 1
    await live.save()

    async with page.expect_download() as download:
        await page.locator("[data-files] a", has_text="transcript").first.click()
    assert "quillwortzephyr" in await read(await download.value)

    await page.goto(f"{server.base_url}/clubs/harbour/")
    await expect(page.get_by_role("link", name=TITLE).first).to_be_visible()
    await page.goto(f"{server.base_url}/clubs/harbour/sessions/")
    row = page.get_by_role("row").filter(has_text=SPEAKER).first
    await row.get_by_role("link", name=TITLE).click()
    await expect(page.locator("[data-transcript]")).to_contain_text("quillwortzephyr")
    await expect(page.locator(".remark").first).to_be_visible()


async def read(download: Download) -> str:
    return (await asyncio.to_thread(Path(await download.path()).read_bytes)).decode()


async def test_a_double_click_is_one_command(open_live: OpenLive):
    live = await open_live()
    await live.consent()
    await expect(live.button("start")).to_be_enabled()
    await live.button("start").dblclick()
    await live.hears(LAST_WORDS)
    await live.button("stop").dblclick()
    await expect(live.badge).to_have_text("Evaluation ready", timeout=60_000)
    await live.button("deliver").dblclick()
    await expect(live.page.locator("evaluation-view .remark").first).to_be_visible()
    await live.skip_to_end()
    await expect(live.button("save")).to_be_enabled()
    await live.button("save").dblclick()
    await expect(live.badge).to_have_text("Saved")
    for command in ("start_recording", "stop_recording", "deliver_evaluation", "save_outputs"):
        assert live.traffic.commands[command] == 1, command
    assert live.traffic.received_of("error") == []


async def test_by_keyboard_alone(open_live: OpenLive):
    live = await open_live()
    page = live.page

    async def tab_to(selector: str) -> None:
        for _ in range(80):
            if await page.locator(f"{selector}:focus").count():
                return
            await page.keyboard.press("Tab")
        pytest.fail(f"Tab does not reach {selector}")

    await tab_to("[name=speakerName]")
    await page.keyboard.type(SPEAKER)
    await tab_to("[name=consentConfirmed]")
    await page.keyboard.press("Space")
    await tab_to("[name=objectives]")
    await page.keyboard.type("Speak with resolve, drive and verve")
    await tab_to("[data-action=check-microphone]")
    await page.keyboard.press("Enter")
    await expect(live.button("start")).to_be_enabled()
    await page.keyboard.press("r")
    await expect(live.badge).to_have_text("Recording")
    await live.hears(LAST_WORDS)
    await page.keyboard.press("s")
    await expect(live.badge).to_have_text("Evaluation ready", timeout=60_000)
    await page.keyboard.press("d")
    await expect(page.locator("evaluation-view .remark").first).to_be_visible()
    await tab_to(".remark .quote")
    await page.keyboard.press("Enter")
    await expect(page.locator("live-captions mark").first).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(live.badge).to_have_text("Muted")
    await page.keyboard.press("v")
    await expect(live.badge).to_have_text("Saved")
    assert live.traffic.commands["start_recording"] == 1


async def test_panic_silences_everything_at_once(open_live: OpenLive):
    live = await open_live()
    await live.start()
    await live.hears("quillwortzephyr")
    await live.button("panic").click()
    await expect(live.badge).to_have_text("Muted")
    assert live.traffic.commands["panic_mute"] == 1
    sent = live.traffic.audio_bytes
    await expect(live.page.locator("[data-microphone-status]")).to_be_visible()
    assert live.traffic.audio_bytes == sent


class TestMicrophone:
    async def test_refused(self, open_live: OpenLive, playwright: Playwright):
        async with chromium.chromium(playwright, chromium.FAKE_MICROPHONE) as refusing:
            live = await open_live(browser=refusing, permissions=[])
            await self.is_told(live, "The microphone is blocked.")

    async def test_missing(self, open_live: OpenLive, playwright: Playwright):
        async with chromium.chromium(playwright, chromium.ALLOW) as without:
            live = await open_live(browser=without)
            await self.is_told(live, "No microphone was found.")

    async def is_told(self, live: LivePage, title: str) -> None:
        await live.consent()
        await live.page.get_by_role("button", name="Check microphone").click()
        await expect(live.page.locator("[data-microphone-problem]")).to_contain_text(title)
        await expect(live.page.locator("[data-start-reason]")).to_have_text(title)
        await expect(live.button("start")).to_be_disabled()
        assert live.traffic.commands["start_recording"] == 0

    async def test_unplugged_while_recording(self, open_live: OpenLive):
        live = await open_live(init_script=KEEP_TRACKS)
        await live.start()
        await live.hears(LAST_WORDS)
        await live.page.evaluate("tracks.at(-1).dispatchEvent(new Event('ended'))")
        problem = live.page.locator("[data-microphone-problem]")
        await expect(problem).to_contain_text("The microphone was disconnected.")
        await expect(problem).to_contain_text("what was heard until then is evaluated")
        await expect(live.badge).to_have_text("Evaluation ready", timeout=60_000)
        assert live.traffic.commands["stop_recording"] == 1


KEEP_TRACKS = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
window.tracks = [];
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await open(wanted);
  window.tracks.push(...stream.getTracks());
  return stream;
};
"""


async def test_real_words_with_the_built_in_engines(
    open_live: OpenLive, playwright: Playwright, tmp_path: Path
):
    heard = chromium.microphone_file(tmp_path / "passage.wav", spoken(PASSAGE))
    arguments = (chromium.ALLOW, chromium.FAKE_MICROPHONE, heard)
    with serving(script=None) as server:
        async with chromium.chromium(playwright, *arguments) as browser:
            live = await open_live(server.base_url, browser=browser)
            await live.start()
            await live.hears("patient")
            await live.stop()
            assert await live.deliver() > 0.05
            await live.skip_to_end()
            await live.save()
            transcript = " ".join(await live.captions.all_text_contents())
            assert words_right(PASSAGE, transcript) > 0.6
            live.watch.assert_clean()
