"""The operator's page as an operator uses it."""

from dataclasses import dataclass, field
from typing import Self

from playwright.async_api import Locator, Page, expect

from tests.browser.watched import Traffic, Watched

SPEAKER = "Ana Moreno"
TITLE = "The river"

# Plays what the element plays into an analyser: the loudest sample within its first seconds. Before
# it comes the silence that unlocks the element; each sound has a track of its own.
_HEARD = """audio => new Promise((resolve) => {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  const block = new Float32Array(analyser.fftSize);
  const stream = audio.captureStream();
  const listen = (track) =>
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  stream.getAudioTracks().forEach(listen);
  // Sound that is still on its way has no track yet.
  stream.addEventListener("addtrack", ({track}) => listen(track));
  let peak = 0;
  audio.addEventListener("timeupdate", () => {
    analyser.getFloatTimeDomainData(block);
    peak = Math.max(peak, ...block.map(Math.abs));
    if (peak > 0.05 || (audio.ended && audio.duration > 1)) resolve(peak);
  });
})"""

# What was played before may still be there when a replay is on its way, and so may the silence that
# unlocks the element: only what plays is skipped. It may be over by itself.
_SKIP = """audio => new Promise((resolve) => {
  const badge = document.querySelector("[data-badge]");
  const look = () => {
    if (badge.textContent.trim() === "Delivered") resolve();
    else if (!audio.paused && !audio.ended && audio.duration > 1)
      resolve(void (audio.currentTime = audio.duration - 0.2));
    else setTimeout(look, 20);
  };
  look();
})"""


@dataclass
class LivePage:
    watch: Watched
    base_url: str
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.watch.page

    @property
    def traffic(self) -> Traffic:
        return self.watch.traffic

    def button(self, action: str) -> Locator:
        return self.page.locator(f".controls [data-action={action}]")

    @property
    def badge(self) -> Locator:
        return self.page.locator("[data-badge]")

    @property
    def captions(self) -> Locator:
        return self.page.locator("live-captions .caption__text")

    @property
    def audio(self) -> Locator:
        return self.page.locator("[data-audio]")

    async def open_new(self) -> Self:
        """A new speech of the harbour club, by the button an operator presses."""
        await self.page.goto(f"{self.base_url}/clubs/harbour/sessions/")
        await self.page.get_by_role("button", name="New speech").click()
        await expect(self.badge).not_to_have_text("Connecting")
        return self

    async def consent(self, name: str = SPEAKER, title: str = TITLE) -> None:
        await self.page.get_by_label("Speaker's name").fill(name)
        await self.page.get_by_label("Title of the speech").fill(title)
        await self.page.locator("[name=consentConfirmed]").check()

    async def start(self) -> None:
        await self.consent()
        await expect(self.button("start")).to_be_enabled()
        await self.button("start").click()
        await expect(self.badge).to_have_text("Recording")

    async def hears(self, words: str) -> None:
        """Words stand in the transcript."""
        await expect(self.captions.filter(has_text=words).first).to_be_visible(timeout=60_000)

    async def stop(self) -> None:
        await self.button("stop").click()
        await expect(self.badge).to_have_text("Evaluation ready", timeout=60_000)

    async def deliver(self) -> float:
        """Deliver, and the loudest moment of what is played first."""
        await self.button("deliver").click()
        await expect(self.page.locator("evaluation-view .remark").first).to_be_visible()
        peak: float = await self.audio.evaluate(_HEARD)
        return peak

    async def skip_to_end(self) -> None:
        """Play the last moments of the audio only, as an operator may by its own controls."""
        await self.audio.evaluate(_SKIP)
        await expect(self.badge).to_have_text("Delivered")

    async def save(self) -> None:
        await expect(self.button("save")).to_be_enabled()
        await self.button("save").click()
        await expect(self.badge).to_have_text("Saved")
