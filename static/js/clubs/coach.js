/** The voice coach's page: what is on it, and what it is wired to. */

import { CoachAudio } from "../coach/audio.js";
import { Conversation } from "../coach/conversation.js";
import { CoachSocket } from "../coach/socket.js";
import { CoachView } from "../coach/view.js";
import { CoachConversation } from "../elements/coach-conversation.js";
import { LevelMeter } from "../elements/level-meter.js";
import { NoticeList } from "../elements/notice-list.js";
import { dataOf, find } from "../lib/dom.js";
import { visibleLevel } from "../lib/level.js";
import { PressGuard } from "../lib/press_guard.js";
import { onSignedIn } from "../lib/sign_in.js";
import { ScreenWakeLock } from "../lib/wake_lock.js";
import { voiceTicket } from "../live/ticket.js";

const SECOND_MS = 1000;

const root = find(document, "#coach", HTMLElement);
const meter = find(root, "level-meter", LevelMeter);
const keep = find(root, "[data-keep]", HTMLFormElement);
const view = new CoachView(root, {
  conversation: find(root, "coach-conversation", CoachConversation),
  notices: find(root, "notice-list", NoticeList),
});
const wakeLock = new ScreenWakeLock();
let level = 0;
let isPainting = false;

const conversation = new Conversation(
  {
    socket: (events) =>
      new CoachSocket(
        {
          ticket: (signal) =>
            voiceTicket(dataOf(root, "tokenUrl"), { purpose: "realtime", club: dataOf(root, "club") }, signal),
          address: socketAddress,
        },
        events,
      ),
    audio: (events) =>
      new CoachAudio({ capture: dataOf(root, "captureUrl"), player: dataOf(root, "playerUrl") }, events),
    clock: () => Date.now(),
    isOnline: () => navigator.onLine,
  },
  {
    changed: (state) => {
      wakeLock.keep(state.isOn && state.microphone === "ready");
      paint();
    },
    level: (rms) => {
      level = rms;
      paint();
    },
  },
);

/** At most once a frame; a hidden page has no frames, and is painted when it is seen again. */
function paint() {
  if (isPainting) return;
  isPainting = true;
  requestAnimationFrame(() => {
    isPainting = false;
    view.show(conversation.state);
    meter.show(visibleLevel(level), conversation.state.isSpeaking);
  });
}

/** @param {string|null} sessionId of a conversation to go on with */
function socketAddress(sessionId) {
  const url = new URL(dataOf(root, "socketPath"), location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  if (sessionId) url.searchParams.set("resume", sessionId);
  return url.href;
}

function download() {
  const link = document.createElement("a");
  const url = URL.createObjectURL(new Blob([conversation.keptHere()], { type: "audio/wav" }));
  link.href = url;
  link.download = "take.wav";
  link.click();
  URL.revokeObjectURL(url);
}

/** @type {Record<string, () => void>} */
const ACTIONS = {
  power: () => (conversation.state.isOn ? conversation.switchOff() : void conversation.switchOn()),
  "check-microphone": () => void conversation.switchOn(),
  wake: () => conversation.wake(),
  hush: () => conversation.hush(),
  // After another tab, or a pause of one's own, the microphone is opened anew.
  connect: () => void conversation.switchOn(),
  retry: () => conversation.retry(),
  "start-take": () => conversation.startTake(),
  "stop-take": () => conversation.stopTake(),
  "discard-take": () => conversation.discardTake(),
  download,
};

const guard = new PressGuard();
root.addEventListener("click", (press) => {
  const { target } = press;
  const button = target instanceof Element ? target.closest("[data-action]") : null;
  if (!(button instanceof HTMLElement)) return;
  const action = button.dataset["action"] ?? "";
  if (guard.accepts(action, press)) ACTIONS[action]?.();
});
root.addEventListener("notice:dismissed", (event) => {
  conversation.dismissNotice(/** @type {CustomEvent<{key: string}>} */ (event).detail.key);
});
keep.addEventListener("submit", (event) => {
  event.preventDefault();
  const given = new FormData(keep);
  conversation.keepTake(String(given.get("title")).trim(), String(given.get("speakerName")).trim());
});
keep.addEventListener("input", () => {
  const name = String(new FormData(keep).get("speakerName")).trim();
  find(keep, "[data-consent-name]", HTMLElement).textContent = name || "the speaker";
});

// What is counted by the clock: a pause down, a take up.
setInterval(() => {
  const { retryAt, takeSince } = conversation.state;
  if (retryAt !== null || takeSince !== null) conversation.tick();
}, SECOND_MS);
onSignedIn(() => conversation.reconnect());
window.addEventListener("online", () => conversation.reconnect());
window.addEventListener("focus", () => conversation.reconnect());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) conversation.reconnect();
});
navigator.mediaDevices?.addEventListener("devicechange", () => {
  if (conversation.state.microphone === "failed") void conversation.switchOn();
});
window.addEventListener("beforeunload", (event) => {
  if (conversation.state.take?.state === "recording") event.preventDefault();
});
window.addEventListener("pagehide", () => conversation.leave());
window.addEventListener("pageshow", ({ persisted }) => {
  // What comes back from the browser's cache has neither socket nor microphone.
  if (persisted) location.reload();
});

view.show(conversation.state);
