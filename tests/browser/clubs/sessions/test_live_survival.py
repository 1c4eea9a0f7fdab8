"""A speech outlives its connection, its page and its tab's rest."""

import re

import pytest
from playwright.async_api import Dialog, expect

from tests.browser.clubs.sessions.test_live import LAST_WORDS, read
from tests.browser.conftest import OpenLive
from tests.browser.live_page import LivePage
from tests.faults.proxy import proxy
from tests.server import Server, serving

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

OUTAGE_SECONDS = 30
WORDS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot")
# A word every half second, each its own, for a minute: a hole of a second would show.
COUNTED = tuple(
    (" ".join(f"{word}{at:02}" for word in WORDS) + ".", at * 3.0, at * 3.0 + 2.9)
    for at in range(21)
)


async def test_thirty_seconds_without_a_network_lose_nothing(open_live: OpenLive):
    with serving(script=COUNTED) as server:
        async with proxy(server.base_url) as line:
            live = await open_live(line.base_url)
            live.watch.tolerated = ("Failed to load resource", "WebSocket connection")
            await live.start()
            await live.hears("foxtrot01.")
            line.cut()
            await expect(live.badge).to_have_text("Reconnecting, still recording")
            await passes(live, OUTAGE_SECONDS)
            line.restore()
            await expect(live.badge).to_have_text("Recording", timeout=60_000)
            await expect(live.page.get_by_text("Connected again.")).to_be_visible()
            await live.hears("foxtrot14.")
            for at in range(15):
                await expect(live.captions.filter(has_text=f"echo{at:02}")).to_have_count(1)
            assert live.traffic.addresses[-1].count("resume=") == 1
            await live.stop()
            await live.deliver()
            await live.skip_to_end()
            await live.save()
            async with live.page.expect_download() as download:
                await live.page.locator("[data-files] a", has_text="transcript").first.click()
            saved = await read(await download.value)
            counted = [f"{word}{at:02}" for at in range(15) for word in WORDS]
            missing = [word for word in counted if word not in saved]
            assert not missing


async def passes(live: LivePage, seconds: int) -> None:
    """Let the page's own clock run, as the microphone's does."""
    await live.page.evaluate(
        "seconds => new Promise((resolve) => setTimeout(resolve, seconds * 1000))", seconds
    )


async def test_a_stop_without_a_network_is_said_afterwards(open_live: OpenLive, server: Server):
    async with proxy(server.base_url) as line:
        live = await open_live(line.base_url)
        live.watch.tolerated = ("Failed to load resource", "WebSocket connection")
        await live.start()
        await live.hears(LAST_WORDS)
        line.cut()
        await expect(live.badge).to_have_text("Reconnecting, still recording")
        await live.button("stop").click()
        await expect(live.page.get_by_text("The recording has ended.")).to_be_visible()
        line.restore()
        await expect(live.badge).to_have_text("Evaluation ready", timeout=60_000)
        assert live.traffic.commands["stop_recording"] == 1


async def test_a_loss_while_delivering_is_said_of_the_connection(
    open_live: OpenLive, server: Server
):
    async with proxy(server.base_url) as line:
        live = await open_live(line.base_url)
        live.watch.tolerated = ("Failed to load resource", "WebSocket connection")
        await live.start()
        await live.hears(LAST_WORDS)
        await live.stop()
        assert await live.deliver() > 0.05
        line.cut()
        await says_the_connection_is_lost(live)
        # What is there plays on.
        assert await live.audio.evaluate("audio => audio.ended || !audio.paused")
        line.restore()
        await expect(live.page.get_by_text("Connected again.")).to_be_visible(timeout=60_000)
        await live.skip_to_end()
        await live.page.get_by_role("button", name="Replay").click()
        await expect(live.badge).to_have_text("Delivering")
        await live.audio.evaluate(PLAYS)
        # Nobody says that it is gone: it shows when the end of the sound is not answered.
        line.fall_silent()
        await live.audio.evaluate("audio => { audio.currentTime = audio.duration - 0.2; }")
        await says_the_connection_is_lost(live)
        line.restore()
        # The server did not hear of the end, and may wait for as long as the sound is.
        await expect(live.badge).to_have_text(re.compile("Delivering|Delivered"), timeout=60_000)


FAILED_SOUND = re.compile("(audio|sound|playback).*(fail|lost|could not)", re.IGNORECASE)
PLAYS = """audio => new Promise((resolve) => {
  const look = () => audio.currentTime > 0.2 && audio.duration > 1 && resolve();
  audio.addEventListener("timeupdate", look);
  look();
})"""


async def says_the_connection_is_lost(live: LivePage) -> None:
    await expect(live.badge).to_have_text("Reconnecting", timeout=60_000)
    detail = live.page.locator("[data-headline-detail]")
    await expect(detail).to_have_text("The connection is lost. Trying again.")
    failures = live.page.get_by_text(FAILED_SOUND)
    await expect(failures.filter(visible=True)).to_have_count(0)


async def test_after_a_reload_what_was_captured_can_be_evaluated(open_live: OpenLive):
    live = await open_live()
    await live.start()
    await live.hears(LAST_WORDS)
    live.page.on("dialog", accept)
    await live.page.reload()
    await live.page.get_by_role("button", name="Evaluate what was captured").click()
    await expect(live.badge).to_have_text("Evaluation ready", timeout=60_000)
    await live.hears("quillwortzephyr")
    assert await live.deliver() > 0.05


async def accept(dialog: Dialog) -> None:
    """Leave the page although it records."""
    await dialog.accept()


async def test_after_a_panic_what_was_captured_can_be_evaluated(open_live: OpenLive):
    live = await open_live()
    await live.start()
    await live.hears(LAST_WORDS)
    await live.button("panic").click()
    await live.page.get_by_role("button", name="Evaluate what was captured").dblclick()
    await expect(live.badge).to_have_text("Evaluation ready", timeout=60_000)
    assert live.traffic.commands["process_captured"] == 1


async def test_another_tab_takes_over_and_gives_back(open_live: OpenLive):
    live = await open_live()
    await live.start()
    await live.hears("quillwortzephyr")
    sessions = live.traffic.received_of("session_info")
    other = await live.page.context.new_page()
    await other.goto(live.page.url)
    replaced = live.page.locator("[data-refusal=replaced]")
    await expect(replaced).to_be_visible()
    await expect(live.badge).to_have_text("Open elsewhere")
    await replaced.get_by_role("button", name="Take over here").click()
    await expect(replaced).to_be_hidden()
    assert live.traffic.received_of("session_info")[-1]["sessionId"] == sessions[0]["sessionId"]
    await expect(other.locator("[data-refusal=replaced]")).to_be_visible()
