"""The coach's page with a microphone in a test's hand: it speaks, is refused, and is unplugged."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import assert_accessible
from tests.browser.watched import Watched
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# Digital silence would be a muted microphone: this one stands in a quiet room.
HAND = """
window.hand = {refuses: false};
const sound = (context, seconds, level, dips) => {
  const buffer = context.createBuffer(1, seconds * context.sampleRate, context.sampleRate);
  const samples = buffer.getChannelData(0);
  const syllable = context.sampleRate / 5;
  for (let at = 0; at < samples.length; at += 1) {
    const loud = dips && at % syllable > 0.75 * syllable ? 0.1 : 1;
    samples[at] = level * loud * (2 * Math.random() - 1);
  }
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(hand.microphone);
  return source;
};
navigator.mediaDevices.getUserMedia = async () => {
  if (hand.refuses) throw new DOMException("no", "NotAllowedError");
  hand.context = new AudioContext();
  hand.microphone = hand.context.createMediaStreamDestination();
  const room = sound(hand.context, 1, 0.0005, false);
  room.loop = true;
  room.start();
  return hand.microphone.stream;
};
hand.speak = (seconds) => new Promise((resolve) => {
  const voice = sound(hand.context, seconds, 0.3, true);
  voice.onended = resolve;
  voice.start();
});
hand.unplug = () => {
  const [track] = hand.microphone.stream.getAudioTracks();
  track.stop();
  track.dispatchEvent(new Event("ended"));
};
"""


class Coach:
    """The page, and what a person does on it."""

    def __init__(self, watch: Watched) -> None:
        self.traffic = watch.traffic
        self.page: Page = watch.page
        self.root = self.page.locator("#coach")
        self.mine = self.page.locator(".turn--you .turn__text")
        self.coachs = self.page.locator(".turn--coach:not([hidden])")

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name).click()

    async def phase(self, phase: str) -> None:
        await expect(self.root).to_have_attribute("data-phase", phase)

    async def speak(self, seconds: float) -> None:
        await self.page.evaluate("(seconds) => hand.speak(seconds)", seconds)


@pytest.fixture
def open_coach(open_page: OpenPage, server: Server):
    async def open_coach() -> Coach:
        watch = await open_page()
        await watch.page.add_init_script(HAND)
        await watch.page.goto(f"{server.base_url}/clubs/harbour/coach/")
        return Coach(watch)

    return open_coach


async def test_who_interrupts_is_listened_to(open_coach):
    coach = await open_coach()
    await coach.press("Start the coach")
    await coach.phase("listening")
    await coach.speak(2)
    await coach.phase("speaking")
    # Until the confirmed voice has cut it; the audio clock goes on while a busy machine does not.
    await coach.speak(1.5)
    await expect(coach.coachs.first).to_contain_text("interrupted here")
    cut = await coach.coachs.first.locator(".turn__text").inner_text()
    await expect(coach.coachs).to_have_count(2)
    await coach.phase("speaking")
    [truncate] = coach.traffic.sent_of("conversation.item.truncate")
    [accepted] = coach.traffic.received_of("conversation.item.truncated")
    assert accepted["audio_end_ms"] == truncate["audio_end_ms"] > 0
    assert coach.traffic.received_of("error") == []
    # Nothing of the first answer came after it was cut.
    assert await coach.coachs.first.locator(".turn__text").inner_text() == cut
    await coach.press("Quiet, please")
    await coach.phase("listening")
    await coach.press("Stop the coach")
    await coach.phase("off")


async def test_a_microphone_that_is_refused_and_one_that_is_unplugged(open_coach):
    coach = await open_coach()
    await coach.page.evaluate("hand.refuses = true")
    await coach.press("Start the coach")
    await coach.phase("no_microphone")
    problem = coach.page.locator("[data-microphone-problem]")
    await expect(problem).to_contain_text("microphone")
    await assert_accessible(coach.page)
    assert coach.traffic.addresses == []
    await coach.page.evaluate("hand.refuses = false")
    await coach.press("Try the microphone again")
    await coach.phase("listening")
    await expect(problem).to_be_hidden()

    await coach.press("Start a take")
    await coach.phase("take")
    await coach.speak(1.5)
    await coach.page.evaluate("hand.unplug()")
    await expect(problem).to_contain_text("microphone")
    # What was said is measured, and waits to be kept.
    await expect(coach.page.get_by_role("button", name="Keep as a practice")).to_be_visible()
    ready = coach.traffic.received_of("coach.take")[-1]
    assert (ready["state"], ready["seconds"] >= 1.4) == ("ready", True)
    await coach.press("Try the microphone again")
    await expect(problem).to_be_hidden()
    await coach.press("Discard the take")
    await coach.press("Stop the coach")


async def test_of_two_tabs_one_has_the_coach_and_the_other_may_take_it_back(open_coach):
    older, newer = await open_coach(), await open_coach()
    await older.press("Start the coach")
    await older.phase("listening")
    await older.speak(2)
    await older.phase("speaking")
    await newer.press("Start the coach")
    await newer.phase("listening")
    await older.phase("refused")
    await expect(older.page.get_by_text("goes on in another tab")).to_be_visible()
    said = await older.mine.first.inner_text()
    await older.press("Take over here")
    await newer.phase("refused")
    await expect(older.page.get_by_text("goes on in another tab")).to_be_hidden()
    await expect(older.mine.first).to_have_text(said)
    assert "resume=" in older.traffic.addresses[-1]
    for coach in (older, newer):
        await coach.press("Stop the coach")
