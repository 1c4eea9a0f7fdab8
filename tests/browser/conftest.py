"""One Chromium and one server for most browser tests; a fresh context for each."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    Playwright,
    StorageState,
    ViewportSize,
    expect,
)

from tests.browser import chromium
from tests.browser.live_page import LivePage
from tests.browser.watched import Watched, sign_in, watched
from tests.server import Server, serving
from tests.speech import burst

# How long to wait for what must come; only a failing test waits that long.
expect.set_options(timeout=30_000)

DESKTOP = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}

SCRIPT = (
    ("Good evening everyone and welcome to the quillwortzephyr club.", 0.3, 2.0),
    ("When I was a child my father took me to the river every summer.", 2.1, 4.0),
    ("First, those long hours by the water taught me to be patient.", 4.1, 6.0),
    ("Second, they taught me to listen before I speak.", 6.1, 8.0),
    ("Um, I think that patience is the best gift a child can have.", 8.1, 10.6),
)
"""Short, so that a test that needs all of it takes ten seconds of real time; and of 332 words a
minute, over just as many seconds as a hint on pace needs."""


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with serving(script=SCRIPT) as running:
        yield running


@pytest.fixture(scope="session")
def hasty() -> Iterator[Server]:
    """A server that takes audio faster than it is spoken; of a speech with fillers and a pause."""
    script = (
        ("Good evening everyone and welcome, um, to this club.", 0.3, 2.6),
        ("When I was a child my father took me to the river.", 5.0, 7.6),
        ("Um, I think that patience is the best gift of all.", 8.1, 11.6),
    )
    with serving(script=script, AUDIO_MAX_LEAD_SECONDS="1500") as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with chromium.playwright() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Browser]:
    """Its microphone hears a minute and a half of speech-like sound without words."""
    heard = chromium.microphone_file(tmp_path_factory.mktemp("sound") / "burst.wav", burst(90))
    async with chromium.chromium(
        playwright, chromium.ALLOW, chromium.FAKE_MICROPHONE, heard
    ) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def signed_in(browser: Browser, server: Server) -> StorageState:
    """The operator's cookies; signing in costs a password hash."""
    context = await browser.new_context()
    page = await context.new_page()
    await sign_in(page, server.base_url)
    cookies = await context.storage_state()
    await context.close()
    return cookies


OpenContext = Callable[..., Awaitable[BrowserContext]]
OpenPage = Callable[..., Awaitable[Watched]]
OpenLive = Callable[..., Awaitable[LivePage]]


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(
    browser: Browser, server: Server, signed_in: StorageState
) -> AsyncIterator[OpenPage]:
    """Opens watched pages, signed in as the operator; none may end with a fault."""
    pages: list[Watched] = []
    async with AsyncExitStack() as stack:

        async def open_page(
            base_url: str = server.base_url, browser: Browser = browser, **options: Any
        ) -> Watched:
            options = {"viewport": DESKTOP, "storage_state": signed_in, **options}
            context = await browser.new_context(**options)
            stack.push_async_callback(context.close)
            pages.append(await watched(context, base_url))
            return pages[-1]

        yield open_page
    for page in pages:
        page.assert_clean()


@pytest_asyncio.fixture(loop_scope="session")
async def open_live(open_page: OpenPage, server: Server) -> OpenLive:
    """Opens a new speech in a page that may use the microphone."""

    async def open_live(
        base_url: str = server.base_url,
        *,
        init_script: str | None = None,
        **options: Any,
    ) -> LivePage:
        watch = await open_page(base_url, **{"permissions": ["microphone"], **options})
        if init_script:
            await watch.page.add_init_script(init_script)
        if base_url != server.base_url:
            await sign_in(watch.page, base_url)
        return await LivePage(watch, base_url).open_new()

    return open_live
