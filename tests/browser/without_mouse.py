"""Pages used without a mouse: by the keyboard on a desktop, by touch on a phone."""

from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, Page, ViewportSize, expect

from clubs.demo import PASSWORD
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.watched import Watched


@dataclass(frozen=True)
class Visitor:
    """Somebody at a page of their own, not signed in."""

    watch: Watched
    touches: bool

    @property
    def page(self) -> Page:
        return self.watch.page

    async def use(self, control: Locator) -> None:
        """A link or a button."""
        await self._operate(control, "Enter")

    async def tick(self, control: Locator) -> None:
        """A box, or one choice of several."""
        await self._operate(control, "Space")
        await expect(control).to_be_checked()

    async def _operate(self, control: Locator, key: str) -> None:
        if self.touches:
            await control.tap()
            return
        await control.focus()
        await expect(control).to_be_focused()
        await self.page.keyboard.press(key)

    async def press(self, button: str) -> None:
        await self.use(self.page.get_by_role("button", name=button, exact=True))

    async def follow(self, link: str) -> None:
        await self.use(self.page.get_by_role("link", name=link, exact=True).first)

    async def reads(self, text: str) -> None:
        """It is there, or comes."""
        await expect(self.page.get_by_text(text).first).to_be_visible()

    async def is_at(self, heading: str) -> None:
        await expect(self.page.get_by_role("heading", name=heading).first).to_be_visible()

    async def signs_in(self, email: str) -> None:
        """Fill in the page and send it."""
        await self.page.get_by_label("Email").fill(email)
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.press("Sign in")


async def visitor(open_page: OpenPage, size: ViewportSize, address: str) -> Visitor:
    """Somebody who opens ``address``."""
    touches = size == PHONE
    options: dict[str, Any] = {"viewport": size, "has_touch": touches, "storage_state": None}
    one = Visitor(await open_page(**options), touches)
    await one.page.goto(address)
    return one
