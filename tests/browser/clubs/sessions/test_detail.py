"""The page of a finished speech: who sees it, a link to it, its words, its files."""

import pytest
from playwright.async_api import Page, Route, expect

from sessions_app.export import pdf
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.kept_speech import kept_speech
from tests.browser.speaking import AGREES
from tests.browser.test_accessibility import assert_accessible, assert_fits, schemes, sizes
from tests.server import Server
from tests.sessions_app.kept import LINES, TITLE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def address(server: Server, speech: str) -> str:
    return f"{server.base_url}/clubs/harbour/sessions/{speech}/"


async def make_link(page: Page) -> str:
    await page.get_by_label("Make a link that lasts").select_option("1")
    await page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Link, works until")
    await expect(link).to_be_focused()
    return await link.input_value()


async def test_a_speech_is_shared_and_the_link_revoked(open_page: OpenPage, server: Server):
    page = (await open_page(permissions=["clipboard-read", "clipboard-write"])).page
    await page.goto(address(server, kept_speech(server)))
    link = await make_link(page)
    await page.get_by_role("button", name="Copy").click()
    await expect(page.get_by_text("Copied.")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == link

    anybody = await open_page(storage_state=None)
    await anybody.page.goto(link)
    await expect(anybody.page.get_by_role("heading", name=TITLE)).to_be_visible()
    await expect(anybody.page.get_by_text("Shared by the speaker until")).to_be_visible()
    for line in LINES:
        await expect(anybody.page.locator(".transcript").get_by_text(line)).to_be_visible()
    await expect(anybody.page.get_by_role("navigation")).to_have_count(0)

    await page.goto(page.url)
    await expect(page.get_by_text("Opened 1 time")).to_be_visible()
    await expect(page.get_by_label("Link, works until")).to_have_count(0)
    await page.get_by_role("button", name="Revoke").click()
    await expect(page.get_by_text("The link is revoked")).to_be_visible()

    anybody.tolerated = ("404 (Not Found)",)
    await anybody.page.reload()
    await expect(anybody.page.get_by_text("This link leads nowhere")).to_be_visible()


async def test_who_may_see_it_is_changed_without_a_script(open_page: OpenPage, server: Server):
    page = (await open_page(java_script_enabled=False)).page
    await page.goto(address(server, kept_speech(server)))
    await expect(page.get_by_label("Everyone in the club")).to_be_checked()
    await page.get_by_label("The speaker and the club’s officers").check()
    await page.get_by_role("button", name="Change who sees it").click()
    await expect(page.get_by_text("Who sees this speech now")).to_be_visible()
    await expect(page.get_by_label("The speaker and the club’s officers")).to_be_checked()


async def test_a_link_is_made_without_a_script(open_page: OpenPage, server: Server):
    page = (await open_page(java_script_enabled=False)).page
    await page.goto(address(server, kept_speech(server)))
    await page.goto(await make_link(page))
    await expect(page.get_by_role("heading", name=TITLE)).to_be_visible()


async def test_a_quote_shows_its_words(open_page: OpenPage, server: Server):
    page = (await open_page(viewport=PHONE)).page
    await page.goto(address(server, kept_speech(server)))
    await page.get_by_role("link", name=LINES[3]).click()
    await expect(page.locator("mark")).to_have_text(LINES[3])
    await expect(page.locator("mark")).to_be_in_viewport()
    await expect(page.locator("#line-3")).to_be_focused()
    await page.get_by_role("link", name=LINES[0]).click()
    await expect(page.locator("mark")).to_have_text(LINES[0])


async def test_a_quote_leads_to_its_line_without_a_script(open_page: OpenPage, server: Server):
    page = (await open_page(java_script_enabled=False, viewport=PHONE)).page
    await page.goto(address(server, kept_speech(server)))
    await page.get_by_role("link", name=LINES[3]).click()
    await expect(page.locator("#line-3")).to_be_in_viewport()


async def test_its_chart_and_table_are_drawn_from_its_history(open_page: OpenPage, server: Server):
    watch = await open_page()
    watch.tolerated = ("503",)
    page = watch.page
    speech = kept_speech(server)

    async def refuse(route: Route) -> None:
        await route.fulfill(status=503, body="")

    await page.route("**/api/history?*", refuse)
    await page.goto(address(server, speech))
    await expect(page.get_by_text("The chart could not be loaded.")).to_be_visible()
    await page.unroute_all()
    await page.get_by_role("button", name="Try again").click()
    await page.wait_for_function(AGREES, polling=250)
    await expect(page.get_by_text("The chart could not be loaded.")).to_be_hidden()
    table = page.get_by_role("table", name="What is in view")
    await expect(table.get_by_role("row").filter(has_text="um")).to_have_count(1)
    await page.get_by_role("button", name="Show as a table").click()
    await expect(page.get_by_role("region", name="The chart as a table")).to_be_in_viewport()


async def test_exports_are_saved(open_page: OpenPage, server: Server):
    if reason := pdf.why_not():
        pytest.skip(reason)
    page = (await open_page()).page
    await page.goto(address(server, kept_speech(server)))
    for name, extension in (("PDF", "pdf"), ("Markdown", "md"), ("JSON", "json")):
        async with page.expect_download() as saved:
            await page.get_by_role("link", name=name, exact=True).click()
        download = await saved.value
        assert download.suggested_filename == f"ten-minutes-early.{extension}"
        assert await download.failure() is None


async def test_its_speaker_puts_a_word_right_and_all_follows(open_page: OpenPage, server: Server):
    page = (await open_page(viewport=PHONE)).page
    await page.goto(address(server, kept_speech(server)))
    await page.get_by_role("link", name="Correct the transcript").click()
    line = page.get_by_label("Line at 0:06")
    await expect(line).to_have_value(LINES[1])
    await line.fill(LINES[1].replace(", um,", ""))
    await page.get_by_role("button", name="Save corrections").click()
    await expect(page.get_by_text("Corrected by hand on")).to_be_visible()
    await expect(page.locator("#line-1")).to_contain_text("in March, and I had packed")
    # What is measured follows: the only filler is gone.
    table = page.get_by_role("table", name="What is in view")
    await page.wait_for_function(AGREES, polling=250)
    await expect(table.get_by_role("row").filter(has_text="um")).to_have_count(0)


async def test_an_evaluator_writes_beside_ours(open_page: OpenPage, server: Server):
    page = (await open_page(viewport=PHONE)).page
    await page.goto(address(server, kept_speech(server, "member@harbour.example")))
    await page.get_by_role("link", name="Write notes").click()
    await page.get_by_label("What worked").fill("The pause before\nyour <challenge>.")
    await page.get_by_label("What to try next time").fill("Look up at the end.")
    await page.get_by_role("button", name="Keep notes").click()
    await expect(page.get_by_text("your <challenge>.")).to_be_visible()
    await expect(page.get_by_text("Look up at the end.")).to_be_visible()
    # Whoever comes back goes on with their own words.
    await page.get_by_role("link", name="Write notes").click()
    await expect(page.get_by_label("What to try next time")).to_have_value("Look up at the end.")


@schemes
@sizes
async def test_everybody_can_use_it(open_page: OpenPage, server: Server, scheme, size):
    speech = kept_speech(server)
    page = (await open_page(color_scheme=scheme, viewport=size)).page
    await page.goto(address(server, speech))
    for details in await page.locator("summary").all():
        await details.click()
    await assert_accessible(page)
    await assert_fits(page, size)
    link = await make_link(page)
    await assert_accessible(page)
    await assert_fits(page, size)
    anybody = await open_page(color_scheme=scheme, viewport=size, storage_state=None)
    await anybody.page.goto(link)
    await assert_accessible(anybody.page)
    await assert_fits(anybody.page, size)
    anybody.tolerated = ("404 (Not Found)",)
    await anybody.page.goto(f"{server.base_url}/shared/nothing/")
    await assert_accessible(anybody.page)
    await assert_fits(anybody.page, size)
