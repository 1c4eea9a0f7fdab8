"""A recording is uploaded, by hand and by drop; what comes of it is saved."""

import base64

import numpy as np
import pytest
from playwright.async_api import FilePayload, Page, ViewportSize, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import assert_accessible, assert_fits
from tests.server import Server
from tests.sessions_app.uploads.media import RATE, Kind, make
from tests.speech import burst

PHONE = ViewportSize(width=390, height=844)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def film() -> bytes:
    """Twelve seconds of speech-like sound, with a picture."""
    heard = np.frombuffer(burst(12), dtype="<i2")
    samples = np.interp(np.arange(12 * RATE) * 16_000 / RATE, np.arange(len(heard)), heard)
    return make(Kind("mp4", "aac", "libx264"), samples=samples.astype(np.int16))


async def fill_in(page: Page, server: Server) -> None:
    await page.goto(f"{server.base_url}/clubs/harbour/sessions/")
    await page.get_by_role("link", name="Upload a recording").click()
    await page.get_by_label("Speaker's name").fill("Ada Guest")
    await page.get_by_label("have read this and agree").check()
    await page.get_by_label("Title of the speech").fill("By <i>the</i> river")
    await page.get_by_label("Begin with a preset").select_option(label="Story, 5–7 minutes")
    await page.get_by_label("Timer").check()


async def test_a_film_is_uploaded_evaluated_and_saved(open_page: OpenPage, server: Server):
    page = (await open_page()).page
    await fill_in(page, server)
    await expect(page.get_by_label("Type of project")).to_have_value("Story")
    await expect(page.get_by_label("Objectives")).to_have_value(
        "Begin in the middle of the event, not before it\n"
        "Give the turning point a pause of its own\n"
        "Leave what it meant to one sentence"
    )
    await expect(page.get_by_label("Style", exact=True)).to_have_value("holistic")
    await assert_accessible(page)
    await page.get_by_role("button", name="Upload and evaluate").click()
    await expect(page.get_by_text("Choose the recording first.")).to_be_visible()

    file: FilePayload = {"name": "river.mp4", "mimeType": "video/mp4", "buffer": film()}
    await page.get_by_label("Choose a file").set_input_files(file)
    await page.get_by_role("button", name="Upload and evaluate").click()
    await expect(page.get_by_text("The evaluation is ready.")).to_be_visible(timeout=60_000)
    await expect(page.get_by_role("heading", name="By <i>the</i> river")).to_be_visible()
    await expect(page.get_by_role("heading", name="Evaluation")).to_be_visible()
    await expect(page.get_by_role("heading", name="Timer")).to_be_visible()
    await assert_accessible(page)
    await page.set_viewport_size(PHONE)
    await assert_fits(page, PHONE)

    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("The speech is saved.")).to_be_visible()
    await expect(page.get_by_role("heading", name="By <i>the</i> river")).to_be_visible()
    await expect(page.get_by_role("link", name="evaluation.txt")).to_be_visible()
    await expect(page.locator("speech-chart canvas").first).to_be_visible()


async def test_a_file_that_is_no_recording_is_dropped_and_refused(
    open_page: OpenPage, server: Server
):
    page = (await open_page()).page
    await fill_in(page, server)
    content = base64.b64encode(b"Dear diary. " * 100).decode()
    transfer = await page.evaluate_handle(
        """(content) => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "diary.mp3", { type: "audio/mpeg" }));
            return transfer;
        }""",
        content,
    )
    await page.locator("file-drop").dispatch_event("drop", {"dataTransfer": transfer})
    await expect(page.get_by_text("diary.mp3, 2 KiB")).to_be_visible()
    await page.get_by_role("button", name="Upload and evaluate").click()
    await expect(page.get_by_text("no sound or video file that we know")).to_be_visible()
    await page.get_by_role("button", name="Erase everything").click()
    await expect(page.get_by_text("is being erased")).to_be_visible()


async def test_without_scripts_no_preset_is_offered(open_page: OpenPage, server: Server):
    """A form that cannot be filled in by it must not ask for one."""
    page = (await open_page(java_script_enabled=False)).page
    await page.goto(f"{server.base_url}/clubs/harbour/sessions/")
    await page.get_by_role("link", name="Upload a recording").click()
    await expect(page.get_by_label("Speaker's name")).to_be_visible()
    await expect(page.get_by_label("Begin with a preset")).to_be_hidden()
