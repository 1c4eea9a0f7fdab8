"""How long a browser takes to draw a whole speech of 25 minutes, and to draw it again."""

import asyncio
import mimetypes
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Route

from speechcoach.env import BASE_DIR
from tests.bench.figures import percentiles
from tests.browser import chromium

SECONDS = 25 * 60
ADDRESS = "http://charts.invalid/"
STYLES = (
    "css/tokens.css",
    "css/base.css",
    "css/layout.css",
    "css/components/chart.css",
    "vendor/uplot/uPlot.min.css",
)
PAGE = "<!doctype html><title>Charts</title>" + "".join(
    f'<link rel="stylesheet" href="/{style}">' for style in STYLES
)
# The canvas keeps a list of what to draw: reading a pixel has it drawn.
_DRAW = """async ([seconds, times]) => {
  const { SpeechChart } = await import("/js/charts/speech_chart.js");
  const { BarsTable } = await import("/js/charts/bars_table.js");
  const range = (middle, spread) => ({
    open: middle - spread / 2,
    high: middle + spread,
    low: middle - spread,
    close: middle + spread / 2,
  });
  const bar = (seq, rev) => ({
    seq, t0: seq, t1: seq + 1, rev, final: true, words: seq % 4,
    fillers: seq % 20 ? [] : [{word: "um", at: seq + 0.5}],
    pauseSeconds: seq % 40 < 2 ? 1 : 0, voicedSeconds: 0.8,
    energy: range(-35 + 10 * Math.sin(seq / 3), 8),
    pitch: {low: 90, mid: 120 + 20 * Math.sin(seq / 5), high: 190},
    pace: range(130 + 30 * Math.sin(seq / 60), 4),
  });
  const [place, tablePlace, status] = ["div", "div", "p"].map((tag) => document.createElement(tag));
  place.className = "chart__panels";
  tablePlace.className = "chart__region visually-hidden";
  place.style.cssText = "--panel-pace: 12rem; --panel-other: 8rem; width: 1100px";
  document.body.append(place, tablePlace, status);
  const chart = new SpeechChart(place);
  const table = new BarsTable(tablePlace, status);
  const bars = Array.from({length: seconds}, (_, seq) => bar(seq, 1));
  const draw = async () => {
    const begun = performance.now();
    chart.show({bars, from: 0, to: seconds, marks: [], band: {low: 100, high: 165}});
    await null;
    for (const canvas of place.querySelectorAll("canvas")) {
      canvas.getContext("2d").getImageData(0, 0, 1, 1);
    }
    return performance.now() - begun;
  };
  const fill = () => {
    const begun = performance.now();
    const isWhole = table.show(bars);
    document.body.getBoundingClientRect();
    return [performance.now() - begun, isWhole];
  };
  await new Promise(requestAnimationFrame);
  const first = await draw();
  const filled = [];
  for (let isWhole = false; !isWhole; ) {
    let taken;
    [taken, isWhole] = fill();
    filled.push(taken);
    await new Promise(requestAnimationFrame);
  }
  const again = [], filledAgain = [];
  for (let rev = 2; rev < times + 2; rev += 1) {
    bars[seconds - 1] = bar(seconds - 1, rev);
    again.push(await draw());
    filledAgain.push(fill()[0]);
    await new Promise(requestAnimationFrame);
  }
  return {first, filled, again, filledAgain};
}"""


def missing() -> str | None:
    """Why this machine cannot measure it."""
    return None if shutil.which("chromium") else "chromium is not installed"


def charts(pages: int = 9, times: int = 10) -> dict[str, Any]:
    """Milliseconds for the three panels and for the table of the same: ``first`` in each of some
    fresh pages, whose code has never run, and ``again`` so many times in each."""
    return asyncio.run(_charts(pages, times))


async def _charts(pages: int, times: int) -> dict[str, Any]:
    taken = []
    async with chromium.playwright() as playwright, chromium.chromium(playwright) as browser:
        for _ in range(pages):
            page = await browser.new_page()
            await page.route("**/*", _serve)
            await page.goto(ADDRESS)
            taken.append(await page.evaluate(_DRAW, [SECONDS, times]))
            await page.close()
    return {
        "bars": SECONDS,
        "first": percentiles([one["first"] for one in taken], "Ms", 1),
        "again": percentiles([value for one in taken for value in one["again"]], "Ms", 1),
        "tableFirst": percentiles([value for one in taken for value in one["filled"]], "Ms", 1),
        "tableAgain": percentiles(
            [value for one in taken for value in one["filledAgain"]], "Ms", 1
        ),
    }


async def _serve(route: Route) -> None:
    path = urlsplit(route.request.url).path
    if path == "/":
        await route.fulfill(body=PAGE, content_type="text/html")
        return
    file = Path(BASE_DIR, "static", path.removeprefix("/"))
    content_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    await route.fulfill(path=file, content_type=content_type)
