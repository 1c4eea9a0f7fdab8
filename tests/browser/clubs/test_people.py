"""What the people of a club come for, from signing in to the end, large and small.

Each test has a club of its own, and nobody uses a mouse.
"""

import zipfile

import pytest
from playwright.async_api import ViewportSize, expect

from clubs.demo import PASSWORD
from clubs.permissions import Role
from tests.browser.conftest import OpenPage
from tests.browser.own_club import NAMES, OwnClub, own_clubs
from tests.browser.test_accessibility import sizes
from tests.browser.without_mouse import Visitor, visitor
from tests.server import Server
from tests.sessions_app.kept import LINES, TITLE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), sizes]

NEWCOMER = "Nia Fontaine"
AT_A_TIME = 8


@pytest.fixture(scope="module")
def unused(server: Server) -> list[OwnClub]:
    return []


@pytest.fixture
def club(server: Server, unused: list[OwnClub]) -> OwnClub:
    if not unused:
        unused += own_clubs(server, AT_A_TIME)
    return unused.pop()


async def signed_in(
    open_page: OpenPage, server: Server, size: ViewportSize, club: OwnClub, role: Role
) -> Visitor:
    """Somebody of the club who has come from the first page to the club's."""
    one = await visitor(open_page, size, server.base_url)
    await one.follow("Sign in")
    await one.is_at("Sign in")
    await one.signs_in(club.email(role))
    await one.is_at(club.name)
    await one.reads(f"Your role: {role.value}.")
    return one


async def test_a_member_finds_shares_and_takes_along_what_is_theirs(
    open_page: OpenPage, server: Server, club: OwnClub, size: ViewportSize
):
    member = await signed_in(open_page, server, size, club, Role.MEMBER)
    page = member.page

    await member.follow(TITLE)
    await member.is_at(TITLE)
    await expect(page.get_by_label("Everyone in the club")).to_be_checked()
    officers = page.get_by_label("The speaker and the club’s officers")
    await member.tick(officers)
    await member.press("Change who sees it")
    await member.reads("Who sees this speech now")
    await expect(officers).to_be_checked()

    await page.get_by_label("Make a link that lasts").select_option("30")
    await member.press("Make a link")
    link = await page.get_by_label("Link, works until").input_value()
    anybody = await visitor(open_page, size, link)
    await anybody.is_at(TITLE)
    await expect(anybody.page.locator(".transcript").get_by_text(LINES[1])).to_be_visible()
    await member.use(page.get_by_role("button", name="Revoke"))
    await member.reads("The link is revoked")
    anybody.watch.tolerated = ("404 (Not Found)",)
    await anybody.page.reload()
    await anybody.reads("This link leads nowhere")

    async with page.expect_download() as saved:
        await member.follow("Markdown")
    assert LINES[1] in (await (await saved.value).path()).read_text()

    await member.follow(NAMES[Role.MEMBER])
    await member.is_at("Your goals")
    await page.get_by_label("What", exact=True).select_option("fillers")
    await page.get_by_label("Should be").select_option("at_most")
    await page.get_by_label("Target").fill("2")
    await member.press("Set goal")
    await member.reads("The goal is set.")
    goals = page.get_by_role("region", name="Your goals").get_by_role("listitem")
    await expect(goals).to_have_count(1)
    await member.use(goals.get_by_role("button", name="Remove"))
    await expect(goals).to_have_count(0)

    await member.use(page.get_by_role("link", name=club.email(Role.MEMBER)))
    await member.is_at("Your account")
    await member.follow("Your data")
    await member.is_at("What is held")
    await member.press("Download everything")
    await page.get_by_label("Password").fill(PASSWORD)
    async with page.expect_download() as saved:
        await member.press("Go on")
    with zipfile.ZipFile(await (await saved.value).path()) as taken:
        written = b"".join(taken.read(name) for name in taken.namelist())
    assert LINES[1].encode() in written


async def test_an_officer_brings_somebody_in_and_takes_them_out_again(
    open_page: OpenPage, server: Server, club: OwnClub, size: ViewportSize
):
    officer = await signed_in(open_page, server, size, club, Role.OFFICER)
    await officer.follow("People")
    await officer.is_at("Invite somebody")
    await officer.press("Make the link")
    link = await officer.page.get_by_label("Link", exact=True).input_value()

    newcomer = await visitor(open_page, size, link)
    await newcomer.is_at(f"Join {club.name}")
    await newcomer.follow("Make an account")
    await newcomer.page.get_by_label("Your name").fill(NEWCOMER)
    await newcomer.page.get_by_label("Email").fill(f"newcomer@{club.slug}.example")
    for field in await newcomer.page.locator("[type=password]").all():
        await field.fill(PASSWORD)
    await newcomer.press("Make an account")
    await newcomer.press("Join")
    await newcomer.reads(f"Welcome to {club.name}. You are a member there.")
    await newcomer.reads("Your role: member.")
    new_speech = newcomer.page.get_by_role("button", name="New speech")
    await expect(new_speech).to_have_count(0)

    await officer.follow("Done")
    row = officer.page.get_by_role("row").filter(has_text=NEWCOMER)
    await expect(row.get_by_role("cell", name="member", exact=True)).to_be_visible()
    await officer.follow(f"Change {NEWCOMER}")
    await officer.is_at(NEWCOMER)
    await officer.page.get_by_role("combobox", name="Role").select_option(label="Operator")
    await officer.press("Change the role")
    await officer.reads(f"{NEWCOMER} is now an operator.")
    await newcomer.page.reload()
    await newcomer.reads("Your role: operator.")
    await expect(new_speech).to_be_visible()

    await officer.follow(f"Change {NEWCOMER}")
    await officer.follow("Remove from the club")
    await officer.is_at(f"Remove {NEWCOMER}?")
    await officer.press("Remove")
    await officer.reads(f"{NEWCOMER} does not belong to {club.name} any more.")
    await expect(row).to_have_count(0)

    newcomer.watch.tolerated = ("404 (Not Found)",)
    await newcomer.follow("Speeches")
    await newcomer.reads("it belongs to a club you are not in")
    await newcomer.follow("To your clubs")
    await newcomer.reads("You are not in a club yet")


async def test_an_officer_sees_to_engines_clocks_and_holds(
    open_page: OpenPage, server: Server, club: OwnClub, size: ViewportSize
):
    officer = await signed_in(open_page, server, size, club, Role.OFFICER)
    page = officer.page
    await officer.follow("People")
    await officer.follow("Engines")
    await officer.is_at("Engines")
    for stage in ("Live captions", "Final transcript", "Evaluation", "Spoken evaluation"):
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=stage))
        await expect(row.first.get_by_text("In use")).to_be_visible()

    await officer.use(page.get_by_role("link", name=club.email(Role.OFFICER)))
    await officer.follow("Manage your clubs")
    await officer.is_at("Manage")
    await officer.follow("Retention policies")
    await officer.follow("Add retention policy")
    await page.get_by_label("Club").select_option(label=club.slug)
    await page.get_by_label("Keep transcripts for (days)").fill("7")
    await officer.press("Save")
    await officer.reads("was added successfully")
    policy = page.url
    await officer.use(page.get_by_role("rowheader").get_by_role("link"))
    await officer.follow("What would go now")
    await officer.is_at(f"{club.name}: would delete something of 1 speech")
    going = page.get_by_role("row").filter(has_text=TITLE)
    await expect(going.get_by_role("cell", name="transcript", exact=True)).to_be_visible()

    await officer.follow("Speeches")
    speech = page.get_by_role("row").filter(has_text=TITLE)
    await officer.tick(speech.get_by_role("checkbox"))
    await page.get_by_role("combobox", name="Action").select_option(label="Place a legal hold…")
    await officer.press("Go")
    await page.get_by_label("Reason").fill("A member has asked to see it.")
    await officer.press("Hold")
    await officer.reads("Held: 1.")
    await page.goto(policy)
    await officer.use(page.get_by_role("rowheader").get_by_role("link"))
    await officer.follow("What would go now")
    await officer.is_at(f"{club.name}: would delete something of 0 speeches")


async def test_an_owner_founds_a_club_settles_it_and_hands_it_over(
    open_page: OpenPage, server: Server, club: OwnClub, size: ViewportSize
):
    owner = await signed_in(open_page, server, size, club, Role.OWNER)
    page, name = owner.page, f"{club.name} Juniors"
    await owner.use(page.get_by_role("link", name=club.email(Role.OWNER)))
    await owner.follow("Clubs, and start one")
    await page.get_by_label("Name of the club").fill(name)
    await owner.press("Start the club")
    await owner.reads(f"{name} is yours.")

    await owner.use(page.get_by_role("link", name=club.email(Role.OWNER)))
    await owner.follow("Manage your clubs")
    await owner.follow("Choices of engines")
    await owner.follow("Add choice of engines")
    await page.get_by_label("Club").select_option(label=f"{club.slug}-juniors")
    await owner.tick(page.get_by_label("Send nothing to vendors"))
    await owner.press("Save")
    await owner.reads("was added successfully")
    row = page.get_by_role("row").filter(has_text=f"{club.slug}-juniors")
    await expect(row.get_by_role("img", name="True")).to_be_visible()

    await page.goto(f"{server.base_url}/clubs/{club.slug}-juniors/people/")
    await owner.follow("Leave the club")
    await owner.is_at("You are the only owner")
    await owner.follow("To the people")
    await page.get_by_role("combobox", name="Role").select_option(label="Owner")
    await owner.press("Make the link")
    link = await page.get_by_label("Link", exact=True).input_value()
    heir = await visitor(open_page, size, link)
    await heir.follow("Sign in")
    await heir.signs_in(club.email(Role.OFFICER))
    await heir.press("Join")
    await heir.reads(f"Welcome to {name}. You are an owner there.")

    await owner.follow("Done")
    await owner.follow(f"Change {NAMES[Role.OWNER]}")
    await page.get_by_role("combobox", name="Role").select_option(label="Member")
    await owner.press("Change the role")
    await owner.reads(f"{NAMES[Role.OWNER]} is now a member.")
    await expect(page.get_by_role("heading", name="Invite somebody")).to_have_count(0)
    await owner.follow("Leave the club")
    await owner.press("Leave")
    await owner.reads(f"You have left {name}.")
