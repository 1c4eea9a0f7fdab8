"""440 Hz that the page hears are 440 Hz at the vendors'; and a sign-in that ends in a take."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from playwright.async_api import Page, Playwright, expect

from tests.browser import chromium
from tests.browser.conftest import OpenPage
from tests.browser.watched import sign_in
from tests.fakes.deepgram import FakeDeepgram
from tests.fakes.dial_tone import Vocabulary
from tests.fakes.openai_realtime import KEY, Connection, fake_realtime
from tests.server import serving
from tests.sessions_app.coach.test_openai import pitch_of
from tests.speech import SAMPLE_RATE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

RATE = 24_000
HERTZ = 440.0
SECONDS = 2
# As Firefox does: a microphone runs at its own rate only.
OWN_RATE_ONLY = """
const create = AudioContext.prototype.createMediaStreamSource;
AudioContext.prototype.createMediaStreamSource = function (stream) {
  if (this.sampleRate === 24000) throw new DOMException("rates differ", "NotSupportedError");
  window.ownRate = this.sampleRate;
  return create.call(this, stream);
};
"""


def humming(seconds: float) -> NDArray[np.int16]:
    """A tone in syllables: a steady one is taken for a noise of the room, and away."""
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    loud = np.where(at % 0.5 < 0.35, 0.3, 0.003)
    return (32_767 * loud * np.sin(2 * np.pi * HERTZ * at)).astype("<i2")


async def heard(connection: Connection, seconds: float = SECONDS) -> float:
    """The pitch of what comes from now on."""
    begin = len(connection.sound)
    wanted = round(2 * RATE * seconds)
    await connection.until(lambda: len(connection.sound) - begin >= wanted)
    return pitch_of(bytes(connection.sound[begin:]), RATE)


async def switch_on(page: Page, base_url: str) -> None:
    await page.goto(f"{base_url}/clubs/harbour/coach/")
    await page.get_by_role("button", name="Start the coach").click()
    await expect(page.locator("#coach")).to_have_attribute("data-phase", "listening")


async def test_a_tone_keeps_its_pitch_and_a_take_outlives_the_sign_in(
    open_page: OpenPage, playwright: Playwright, tmp_path: Path
):
    microphone = chromium.microphone_file(tmp_path / "tone.wav", humming(60))
    async with (
        fake_realtime() as openai,
        FakeDeepgram(Vocabulary("one two three")) as deepgram,
        chromium.chromium(
            playwright, chromium.ALLOW, chromium.FAKE_MICROPHONE, microphone
        ) as browser,
    ):
        with serving(
            "uvicorn",
            None,
            OPENAI_API_KEY=KEY,
            OPENAI_BASE_URL=openai.base_url,
            OPENAI_EVALUATION_MODEL="",
            OPENAI_SPEECH_MODEL="",
            DEEPGRAM_API_KEY=deepgram.key,
            DEEPGRAM_BASE_URL=deepgram.base_url,
        ) as server:
            options = {"browser": browser, "storage_state": None, "permissions": ["microphone"]}
            watch = await open_page(server.base_url, **options)
            watch.tolerated = ("Failed to load resource",)
            page = watch.page
            await sign_in(page, server.base_url)
            await switch_on(page, server.base_url)
            [native] = openai.connections
            assert await heard(native) == pytest.approx(HERTZ, rel=0.01)
            assert native.early == 0

            await page.add_init_script(OWN_RATE_ONLY)
            await switch_on(page, server.base_url)
            assert await page.evaluate("ownRate") in {44_100, 48_000}
            resampled = openai.connections[-1]
            assert resampled is not native
            assert await heard(resampled) == pytest.approx(HERTZ, rel=0.01)

            await page.get_by_role("button", name="Start a take").click()
            await expect(page.locator("#coach")).to_have_attribute("data-phase", "take")
            await heard(resampled)
            [live] = deepgram.connections
            assert live.query["sample_rate"] == [str(SAMPLE_RATE)]
            assert live.seconds > 1
            assert pitch_of(bytes(live.audio), SAMPLE_RATE) == pytest.approx(HERTZ, rel=0.01)

            other = await page.context.new_page()
            await other.goto(f"{server.base_url}/accounts/")
            await other.get_by_role("button", name="Sign out").click()
            await expect(page.get_by_text("You are signed out.")).to_be_visible()
            link = page.get_by_role("link", name="Sign in again")
            assert "next=" in str(await link.get_attribute("href"))
            await expect(page.get_by_text("is kept in this page")).to_be_visible()
            async with page.expect_download() as saving:
                await page.get_by_role("button", name="Save the sound").click()
            saved = await saving.value
            kept, rate = soundfile.read(await saved.path(), dtype="int16")
            assert len(kept) / rate > 1
            assert pitch_of(kept.tobytes(), rate) == pytest.approx(HERTZ, rel=0.01)
