"""A second page watches a speech: its chart and its table have every second, once, as it is now."""

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Locator, Page, Response, Route, expect

from tests.browser.conftest import DESKTOP, PHONE, SCRIPT, OpenPage
from tests.browser.speaking import AGREES, speaking
from tests.browser.test_accessibility import assert_accessible, assert_fits, schemes, sizes
from tests.browser.watched import Watched
from tests.faults.killable import killable
from tests.faults.proxy import proxy
from tests.server import Server, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

INK = """(canvases) => canvases.map((canvas) => {
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
})"""


@dataclass
class WatchPage:
    watch: Watched

    @property
    def page(self) -> Page:
        return self.watch.page

    @property
    def chart(self) -> Locator:
        return self.page.locator("speech-chart")

    @property
    def badge(self) -> Locator:
        return self.page.locator("[data-badge]")

    @property
    def rows(self) -> Locator:
        return self.page.locator(".chart__table tbody tr")

    def row(self, seq: int) -> Locator:
        return self.page.locator(f'.chart__table tr[data-seq="{seq}"]')

    async def agrees(self) -> None:
        """The table comes to have every complete bar of the history, once, as it is now."""
        await self.page.wait_for_function(AGREES, polling=250)


async def open_watch(
    open_page: OpenPage, server: Server, speech: str, base_url: str | None = None, **options: Any
) -> WatchPage:
    """The page of ``speech``, at ``base_url`` if that is not the server's own."""
    base_url = base_url or server.base_url
    watch = await open_page(base_url, storage_state=None, **options)
    await be_signed_in(watch.page, server, base_url)
    await watch.page.goto(f"{base_url}/clubs/harbour/sessions/{speech}/watch/")
    return WatchPage(watch)


async def be_signed_in(page: Page, server: Server, base_url: str) -> None:
    account = await sign_in(server)
    for name, value in account.cookies.items():
        await page.context.add_cookies([{"name": name, "value": value, "url": base_url}])


async def test_a_speech_is_watched_from_before_its_first_word(open_page: OpenPage, hasty: Server):
    async with speaking(hasty) as speech:
        client = speech.client
        watch = await open_watch(open_page, hasty, client.session_id)
        await expect(watch.badge).to_have_text("Not begun")
        await expect(watch.page.get_by_text("The speech has not begun.")).to_be_visible()
        await client.start()
        await speech.say(4)
        await expect(watch.row(3)).to_be_attached()
        await expect(watch.badge).to_have_text("Live")
        await expect(watch.page.get_by_text("The speech has not begun.")).to_be_hidden()
        await expect(watch.page.locator("[data-clock]")).to_have_text("0:04")
        await speech.say(9)
        await expect(watch.row(12)).to_be_attached()
        assert min(await watch.page.locator("speech-chart canvas").evaluate_all(INK)) > 3
        await speech.stop()
        await expect(watch.badge).to_have_text("Ended")
        await watch.agrees()
        fillers = watch.row(0).or_(watch.row(1)).or_(watch.row(2)).filter(has_text="um")
        await expect(fillers).to_have_count(1)
        await watch.page.reload()
        await expect(watch.badge).to_have_text("Ended")
        await expect(watch.row(12)).to_be_attached()
        await watch.agrees()


async def test_seconds_without_a_network_leave_no_hole(open_page: OpenPage, hasty: Server):
    async with proxy(hasty.base_url) as line, speaking(hasty) as speech:
        watch = await open_watch(open_page, hasty, speech.client.session_id, line.base_url)
        watch.watch.tolerated = ("Failed to load resource", "ERR_")
        await speech.client.start()
        await speech.say(3)
        await expect(watch.row(2)).to_be_attached()
        line.cut()
        await expect(watch.page.get_by_text("The connection is lost.")).to_be_visible()
        await speech.say(5)
        line.restore()
        await expect(watch.page.get_by_text("The connection is lost.")).to_be_hidden()
        await expect(watch.row(7)).to_be_attached()
        await speech.say(4)
        await expect(watch.row(11)).to_be_attached()
        await watch.agrees()


async def test_a_server_that_refuses_for_a_while_is_asked_again(open_page: OpenPage, hasty: Server):
    """A browser does not ask again after such an answer: the page does."""

    async def refuse(route: Route) -> None:
        await route.fulfill(status=502, body="Bad gateway")

    async with proxy(hasty.base_url) as line, speaking(hasty) as speech:
        watch = await open_watch(open_page, hasty, speech.client.session_id, line.base_url)
        watch.watch.tolerated = ("Failed to load resource", "ERR_", "502")
        await speech.client.start()
        await speech.say(3)
        await expect(watch.row(2)).to_be_attached()
        for calls in ("**/stream/metrics?*", "**/api/history?*"):
            await watch.page.route(calls, refuse)
        line.cut()
        await expect(watch.page.get_by_text("The connection is lost.")).to_be_visible()
        line.restore()
        await speech.say(4)
        # By the browser, and then by the page, later and later.
        for _ in range(3):
            async with watch.page.expect_response(is_refused_stream):
                pass
        await watch.page.unroute_all()
        await expect(watch.badge).to_have_text("Live", timeout=60_000)
        await expect(watch.row(6)).to_be_attached()
        await watch.agrees()


async def test_a_server_that_is_killed_and_back_shows_what_it_has(open_page: OpenPage):
    """The bars were in its memory: what is shown afterwards is the recording that is begun anew."""
    with killable(script=SCRIPT, AUDIO_MAX_LEAD_SECONDS="1500") as running:
        server = running.server
        async with speaking(server) as speech:
            session_id = speech.client.session_id
            watch = await open_watch(open_page, server, session_id, server.base_url)
            watch.watch.tolerated = ("Failed to load resource", "ERR_")
            await speech.client.start()
            await speech.say(5)
            await expect(watch.row(4)).to_be_attached()
            await running.kill()
            await expect(watch.page.get_by_text("The connection is lost.")).to_be_visible()
        await running.start()
        async with speaking(server, speech=session_id) as speech:
            await expect(watch.page.get_by_text("The connection is lost.")).to_be_hidden()
            await expect(watch.rows).to_have_count(0)
            await speech.client.start()
            await speech.say(3)
            await expect(watch.row(2)).to_be_attached()
            await expect(watch.rows).to_have_count(3)
            await watch.agrees()


def is_refused_stream(response: Response) -> bool:
    return "/stream/metrics" in response.url and response.status == 502


async def test_what_was_signed_out_goes_on_once_signed_in(open_page: OpenPage, hasty: Server):
    async with speaking(hasty) as speech:
        watch = await open_watch(open_page, hasty, speech.client.session_id)
        watch.watch.tolerated = ("Failed to load resource",)
        await speech.client.start()
        await speech.say(2)
        await expect(watch.row(1)).to_be_attached()
        await watch.page.context.clear_cookies()
        await watch.page.evaluate("window.dispatchEvent(new Event('online'))")
        await expect(watch.page.get_by_text("You are signed out.")).to_be_visible()
        await expect(watch.badge).to_have_text("Signed out")
        await speech.say(3)
        await be_signed_in(watch.page, hasty, hasty.base_url)
        await watch.page.evaluate("new BroadcastChannel('signed-in').postMessage(null)")
        await expect(watch.badge).to_have_text("Live")
        await expect(watch.row(4)).to_be_attached()
        await expect(watch.page.get_by_text("You are signed out.")).to_be_hidden()


async def test_presets_choose_what_is_in_view(open_page: OpenPage, hasty: Server):
    async with speaking(hasty) as speech:
        await speech.client.start()
        await speech.say(40)
        watch = await open_watch(open_page, hasty, speech.client.session_id)
        await expect(watch.row(39)).to_be_attached()
        chosen = watch.page.locator("speech-chart [aria-pressed=true]")
        await expect(chosen).to_have_text("2 min")
        await expect(watch.rows).to_have_count(40)
        await watch.page.get_by_role("button", name="30 s").click()
        await expect(chosen).to_have_text("30 s")
        await expect(watch.rows).to_have_count(30)
        await expect(watch.rows.first).to_have_attribute("data-seq", "10")
        await speech.say(2)
        await expect(watch.rows.last).to_have_attribute("data-seq", "41")
        await expect(watch.rows).to_have_count(30)
        await watch.page.get_by_role("button", name="Whole speech").click()
        await expect(watch.rows).to_have_count(42)
        await watch.agrees()


async def test_the_projector_shows_the_lights_and_is_left_by_a_key(
    open_page: OpenPage, hasty: Server
):
    async with speaking(hasty) as speech:
        await speech.client.send(
            "set_project_context", speechTitle="", projectType="1-2", objectives=[]
        )
        await speech.client.start()
        await speech.say(58)
        watch = await open_watch(open_page, hasty, speech.client.session_id)
        stage, light = watch.page.locator("[data-stage]"), watch.page.locator("[data-light-name]")
        project = watch.page.locator("[data-action=project]")
        await expect(watch.page.locator("[data-clock]")).to_have_text("0:58")
        await expect(light).to_be_empty()
        await project.focus()
        await watch.page.keyboard.press("Enter")
        await expect(project).to_have_text("Leave projector view")
        assert await watch.page.evaluate("document.fullscreenElement?.dataset.light") == "none"
        for seconds, name in ((2, "Green"), (30, "Yellow"), (30, "Red"), (31, "Over time")):
            await speech.say(seconds)
            await expect(light).to_have_text(name)
        box = await stage.bounding_box()
        assert box == {"x": 0, "y": 0, **DESKTOP}
        await expect(watch.page.locator("[data-clock]")).to_be_in_viewport(ratio=1)
        await expect(watch.page.locator(".chart__panel--energy")).to_be_in_viewport(ratio=1)
        await watch.page.keyboard.press("Enter")
        await expect(project).to_have_text("Projector view")
        assert await watch.page.evaluate("document.fullscreenElement") is None


async def test_a_browser_without_full_screen_projects_in_its_window(
    open_page: OpenPage, hasty: Server
):
    async with speaking(hasty) as speech:
        watch = await open_watch(open_page, hasty, speech.client.session_id, viewport=PHONE)
        await watch.page.evaluate("delete Element.prototype.requestFullscreen")
        project = watch.page.locator("[data-action=project]")
        await project.click()
        await expect(project).to_have_text("Leave projector view")
        assert await watch.page.locator("[data-stage]").bounding_box() == {"x": 0, "y": 0, **PHONE}
        await watch.page.keyboard.press("Escape")
        await expect(project).to_have_text("Projector view")


@schemes
@sizes
async def test_everybody_can_watch(open_page: OpenPage, hasty: Server, scheme, size):
    async with speaking(hasty) as speech:
        watch = await open_watch(
            open_page, hasty, speech.client.session_id, color_scheme=scheme, viewport=size
        )
        page = watch.page
        await expect(watch.badge).to_have_text("Not begun")
        await assert_accessible(page)
        await speech.client.start()
        await speech.say(6)
        await expect(watch.row(5)).to_be_attached()
        await assert_accessible(page)
        await assert_fits(page, size)
        await page.get_by_role("button", name="Show as a table").click()
        await expect(page.get_by_role("region", name="The chart as a table")).to_be_in_viewport()
        await assert_accessible(page)
        await assert_fits(page, size)
        await page.get_by_role("button", name="Projector view").click()
        await expect(page.get_by_role("button", name="Leave projector view")).to_be_visible()
        await assert_accessible(page)
        await assert_fits(page, size)
