/** The operator's page of a live session: what is on it, and what it is wired to. */

import { CoachCue } from "../../elements/coach-cue.js";
import { EvaluationView } from "../../elements/evaluation-view.js";
import { LevelMeter } from "../../elements/level-meter.js";
import { LiveCaptions } from "../../elements/live-captions.js";
import { NoticeList } from "../../elements/notice-list.js";
import { PipelineSteps } from "../../elements/pipeline-steps.js";
import "../../elements/project-presets.js";
import { RoleReports } from "../../elements/role-reports.js";
import { SpeechChartElement } from "../../elements/speech-chart.js";
import { dataOf, find } from "../../lib/dom.js";
import { visibleLevel } from "../../lib/level.js";
import { PressGuard } from "../../lib/press_guard.js";
import { commandOf } from "../../lib/shortcuts.js";
import { onSignedIn } from "../../lib/sign_in.js";
import { ScreenWakeLock } from "../../lib/wake_lock.js";
import { LiveView } from "../../live/view.js";
import { Microphone, microphoneIsGranted } from "../../live/microphone.js";
import { Playback } from "../../live/playback.js";
import { LiveSession } from "../../live/session.js";
import { SetupForm } from "../../live/setup_form.js";
import { SessionSocket } from "../../live/socket.js";
import { voiceTicket } from "../../live/ticket.js";

const SIGN_IN_CHECK_MS = 5000;
const SHORTCUTS = { r: "start", s: "stop", d: "deliver", v: "save", escape: "panic" };

const root = find(document, "#live", HTMLElement);
const captions = find(root, "live-captions", LiveCaptions);
const preflight = find(root, "[data-preflight-meter]", LevelMeter);
const form = new SetupForm(find(root, "[data-setup]", HTMLFormElement));
const view = new LiveView(root, {
  captions,
  form,
  notices: find(root, "notice-list", NoticeList),
  meter: find(root, "[data-live-meter]", LevelMeter),
  steps: find(root, "pipeline-steps", PipelineSteps),
  evaluation: find(root, "evaluation-view", EvaluationView),
  roles: find(root, "role-reports", RoleReports),
  cue: find(document, "coach-cue", CoachCue),
});

const wakeLock = new ScreenWakeLock();
const chart = find(root, "speech-chart", SpeechChartElement);
let chartAskedAt = 0;
const withdrawal = find(root, "[data-withdrawal]", HTMLDialogElement);

const session = new LiveSession(
  form.read(),
  {
    socket: (events) =>
      new SessionSocket(
        {
          ticket: (signal) => {
            const [club, speech] = [dataOf(root, "club"), dataOf(root, "speech")];
            return voiceTicket(dataOf(root, "tokenUrl"), { purpose: "session", club, speech }, signal);
          },
          address: socketAddress,
        },
        events,
      ),
    microphone: (events) => new Microphone(dataOf(root, "workletUrl"), events),
    playback: (events) => new Playback(find(root, "[data-audio]", HTMLAudioElement), events),
  },
  {
    changed: (state) => {
      view.show(state);
      wakeLock.keep(state.phase === "recording");
      followChart(state);
    },
    level: (rms) => preflight.show(visibleLevel(rms), rms > 0.01),
  },
);

/** @type {Record<string, () => void>} */
const ACTIONS = {
  start: () => void session.start(),
  stop: () => void session.stop(),
  deliver: () => session.deliver(),
  save: () => session.save(),
  panic: () => session.panic(),
  replay: () => session.replay(),
  process: () => session.process(),
  withdraw: () => withdrawal.showModal(),
  connect: () => session.connect(),
  "check-microphone": () => void session.checkMicrophone(),
  "dismiss-silence": () => session.dismissSilence(),
};

/**
 * A chart whose speech was over knows nothing of the recording that has begun since.
 * @param {import("../../live/model.js").State} state
 */
function followChart({ phase, seconds }) {
  if (phase !== "recording" || seconds === chartAskedAt) return;
  chartAskedAt = seconds;
  if (chart.hasEnded) chart.tryNow();
}

/** @param {string|null} sessionId of a session to go on with */
function socketAddress(sessionId) {
  const url = new URL(dataOf(root, "socketPath"), location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  if (sessionId) url.searchParams.set("resume", sessionId);
  return url.href;
}

const guard = new PressGuard();
root.addEventListener("click", (press) => {
  const { target } = press;
  const button = target instanceof Element ? target.closest("[data-action]") : null;
  if (!(button instanceof HTMLElement)) return;
  const action = button.dataset["action"] ?? "";
  if (action === "panic" || guard.accepts(action, press)) ACTIONS[action]?.();
});
root.addEventListener("notice:dismissed", (event) => {
  session.dismissNotice(/** @type {CustomEvent<{key: string}>} */ (event).detail.key);
});
root.addEventListener("evaluation:quote", (event) => {
  const { quote, timestamp } =
    /** @type {CustomEvent<{quote: string, timestamp: number}>} */ (event).detail;
  captions.highlight(quote, timestamp);
});
withdrawal.addEventListener("close", () => {
  if (withdrawal.returnValue === "erase") session.withdraw();
  withdrawal.returnValue = "";
});
form.onChange = (/** @type {Partial<import("../../live/model.js").Setup>} */ setup) => session.changeSetup(setup);
form.onCommit = () => session.commitSetup();

const shortcuts = find(root, "[data-shortcuts]", HTMLInputElement);
document.addEventListener("keydown", (press) => {
  // In the dialog, Escape means the dialog.
  const command = shortcuts.checked && !withdrawal.open ? commandOf(press, SHORTCUTS) : null;
  if (!command) return;
  press.preventDefault();
  ACTIONS[command]?.();
});

window.addEventListener("online", () => session.connect());
onSignedIn(() => {
  session.connect();
  chart.tryNow();
});
// Signed in again by a way that does not tell; or never out: a new password ends the connection
// before the browser has heard of its new sign-in.
window.addEventListener("focus", () => {
  if (session.state.refusal === "signed_out") session.connect();
});
setInterval(() => {
  if (session.state.refusal === "signed_out" && session.state.phase === "recording") session.connect();
}, SIGN_IN_CHECK_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) session.connect();
});
window.addEventListener("beforeunload", (event) => {
  if (session.state.phase === "recording") event.preventDefault();
});
window.addEventListener("pagehide", () => session.leave());
window.addEventListener("pageshow", ({ persisted }) => {
  // What comes back from the browser's cache has neither socket nor microphone.
  if (persisted) location.reload();
});

view.show(session.state);
session.connect();
if (await microphoneIsGranted()) await session.checkMicrophone();
