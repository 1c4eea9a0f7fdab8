/** The page on which a club watches a speech: its chart, its clock, and a view for a projector. */

import { SpeechChartElement } from "../../elements/speech-chart.js";
import { find } from "../../lib/dom.js";
import { isOverTime, lightAt } from "../../lib/lights.js";
import { onSignedIn } from "../../lib/sign_in.js";
import { showSignedOut } from "../../lib/signed_out.js";
import { clock } from "../../lib/time.js";
import { ScreenWakeLock } from "../../lib/wake_lock.js";

/**
 * @typedef {import("../../charts/metrics_stream.js").Status} Status
 * @typedef {import("../../charts/bar_store.js").Bar} Bar
 */

const root = find(document, "#watch", HTMLElement);
const chart = find(root, "speech-chart", SpeechChartElement);
const stage = find(root, "[data-stage]", HTMLElement);
const project = find(root, "[data-action=project]", HTMLButtonElement);
const wakeLock = new ScreenWakeLock();

const { green, yellow, red, overtime } = root.dataset;
const lights = red
  ? { green: Number(green), yellow: Number(yellow), red: Number(red), overtime: Number(overtime) }
  : null;
const LIGHT_NAMES = { none: "", green: "Green", yellow: "Yellow", red: "Red" };
/** @type {Record<Status|"waiting", {words: string, badge: string}>} */
const BADGES = {
  connecting: { words: "Connecting", badge: "" },
  waiting: { words: "Not begun", badge: "" },
  open: { words: "Live", badge: "badge--recording" },
  lost: { words: "Reconnecting", badge: "badge--warn" },
  ended: { words: "Ended", badge: "badge--ok" },
  signed_out: { words: "Signed out", badge: "badge--warn" },
  refused: { words: "Not shown", badge: "badge--error" },
};

/** @type {Status} */
let status = root.dataset["state"] === "ended" ? "ended" : "connecting";

/** @param {string} selector @param {string} text */
function write(selector, text) {
  const element = find(root, selector, HTMLElement);
  if (element.textContent !== text) element.textContent = text;
}

/** @param {string} selector @param {boolean} visible */
function reveal(selector, visible) {
  find(root, selector, HTMLElement).hidden = !visible;
}

function show() {
  const last = chart.bars.at(-1);
  const isEmpty = !last;
  const { words, badge } = BADGES[status === "open" && isEmpty ? "waiting" : status];
  root.dataset["status"] = status;
  find(root, "[data-badge]", HTMLElement).className = `badge badge--large ${badge}`;
  write("[data-badge]", words);
  const seconds = last?.t1 ?? 0;
  const light = lightAt(lights, seconds);
  stage.dataset["light"] = light;
  write("[data-clock]", clock(seconds));
  write("[data-light-name]", isOverTime(lights, seconds) ? "Over time" : LIGHT_NAMES[light]);
  const isCalm = status === "open" || status === "connecting";
  reveal("[data-waiting]", isEmpty && isCalm && root.dataset["begun"] === undefined);
  // Until it is known, as the server has it: what moves later is a nuisance.
  const isNothing = isEmpty && chart.isLoaded;
  reveal("[data-nothing]", isNothing && status === "ended");
  reveal("[data-over]", !isNothing && status === "ended");
  reveal("[data-lost]", status === "lost");
  reveal("[data-refused]", status === "refused");
  showSignedOut(find(document, "[data-toast]", HTMLElement), root, status === "signed_out");
  wakeLock.keep(status === "open");
}

const isProjecting = () => stage.hasAttribute("data-projecting");

/** @param {boolean} on */
function projecting(on) {
  stage.toggleAttribute("data-projecting", on);
  project.textContent = on ? "Leave projector view" : "Projector view";
  chart.restyle();
}

async function toggleProjector() {
  const begins = !isProjecting();
  projecting(begins);
  try {
    if (begins) await stage.requestFullscreen();
    else if (document.fullscreenElement) await document.exitFullscreen();
  } catch {
    // A browser without full screen shows it in its window.
  }
}

project.addEventListener("click", () => void toggleProjector());
document.addEventListener("fullscreenchange", () => {
  if (!document.fullscreenElement && isProjecting()) projecting(false);
});
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape" && isProjecting() && !document.fullscreenElement) projecting(false);
});
chart.addEventListener("chart:status", (event) => {
  status = /** @type {CustomEvent<{status: Status}>} */ (event).detail.status;
  show();
});
chart.addEventListener("chart:painted", show);
onSignedIn(() => chart.tryNow());
show();
