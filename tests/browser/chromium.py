"""Debian's Chromium with a microphone that plays a file."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from playwright.async_api import Browser, Playwright, async_playwright

from tests.speech import SAMPLE_RATE, silence

LEAD_SECONDS = 1.0
"""Silence before the words: the browser drops the first moments of a file while it opens it."""

ARGUMENTS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")
FAKE_MICROPHONE = "--use-fake-device-for-media-stream"
ALLOW = "--use-fake-ui-for-media-stream"


def executable() -> str:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed")
    return path


def microphone_file(path: Path, pcm: NDArray[np.int16]) -> str:
    """Write what the microphone will hear, once; gives the argument for Chromium."""
    soundfile.write(path, np.concatenate([silence(LEAD_SECONDS), pcm]), SAMPLE_RATE)
    return f"--use-file-for-fake-audio-capture={path}%noloop"


@asynccontextmanager
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as running:
        yield running


@asynccontextmanager
async def chromium(playwright: Playwright, *arguments: str) -> AsyncIterator[Browser]:
    browser = await playwright.chromium.launch(
        executable_path=executable(), args=[*ARGUMENTS, *arguments]
    )
    try:
        yield browser
    finally:
        await browser.close()
