/** Shows the state of a session on the operator's page. Reads nothing back. */

import { dataOf, find, make } from "../lib/dom.js";
import { fileName, ownAddress } from "../lib/links.js";
import { showSignedOut } from "../lib/signed_out.js";
import { clock } from "../lib/time.js";
import { allowed, headline, startBlockedBecause } from "./permissions.js";

/**
 * @typedef {import("./model.js").State} State
 * @typedef {import("./model.js").Action} Action
 *
 * @typedef {object} Elements
 * @property {import("../elements/live-captions.js").LiveCaptions} captions
 * @property {import("../elements/notice-list.js").NoticeList} notices
 * @property {import("../elements/level-meter.js").LevelMeter} meter
 * @property {import("../elements/pipeline-steps.js").PipelineSteps} steps
 * @property {import("../elements/evaluation-view.js").EvaluationView} evaluation
 * @property {import("../elements/role-reports.js").RoleReports} roles
 * @property {import("../elements/coach-cue.js").CoachCue} cue
 * @property {import("./setup_form.js").SetupForm} form
 */

/** @type {Action[]} */
const ACTIONS = ["start", "stop", "deliver", "save", "replay", "process", "withdraw"];
/** @type {Action[]} those beside the row of commands: shown only when they can be used */
const OCCASIONAL = ["replay", "process", "withdraw"];

export class LiveView {
  #root;
  #elements;
  #title = document.title;
  #icon = document.querySelector("link[rel=icon]");
  #savedShown = "";

  /**
   * @param {HTMLElement} root
   * @param {Elements} elements
   */
  constructor(root, elements) {
    this.#root = root;
    this.#elements = elements;
  }

  /** @param {State} state */
  show(state) {
    // What an operator must not miss stands at the top, wherever the form was left.
    if (this.#root.dataset["phase"] === "idle" && state.phase === "recording") window.scrollTo(0, 0);
    this.#root.dataset["phase"] = state.phase;
    this.#root.dataset["recording"] = String(state.phase === "recording");
    this.#root.toggleAttribute("data-has-evaluation", state.evaluation !== null);
    this.#root.toggleAttribute(
      "data-blank",
      state.phase === "idle" && state.segments.length === 0 && state.evaluation === null,
    );
    this.#showStatus(state);
    this.#showNotices(state);
    this.#showControls(state);
    this.#showSetup(state);
    this.#showMicrophone(state);
    this.#showSpeech(state);
    this.#showSaved(state);
  }

  /** @param {State} state */
  #showStatus(state) {
    const { label, badge, detail } = headline(state);
    const element = this.#find("[data-badge]");
    element.className = `badge badge--large${badge ? ` badge--${badge}` : ""}`;
    this.#write("[data-badge]", label);
    this.#write("[data-headline-detail]", detail);
    this.#write("[data-clock]", clock(state.seconds));
    this.#elements.meter.show(state.level.energy, state.level.isSpeech);

    const recording = state.phase === "recording";
    const title =
      recording
        ? `● REC ${clock(state.seconds)} · ${this.#title}`
        : state.phase === "idle"
          ? this.#title
          : `${label} · ${this.#title}`;
    if (document.title !== title) document.title = title;
    const icon = dataOf(this.#root, recording ? "iconRecordingUrl" : "iconUrl");
    if (this.#icon?.getAttribute("href") !== icon) this.#icon?.setAttribute("href", icon);
  }

  /** @param {State} state */
  #showNotices(state) {
    for (const banner of this.#root.querySelectorAll("[data-refusal]")) {
      const is = banner instanceof HTMLElement && banner.dataset["refusal"] === state.refusal;
      banner.toggleAttribute("hidden", !is);
    }
    this.#reveal("[data-fatal]", state.fatal !== null);
    this.#write("[data-fatal-message]", state.fatal ?? "");
    this.#reveal("[data-silence]", state.silence !== null);
    if (state.silence !== null) {
      this.#write("[data-silence-text]", `Silence for ${Math.round(state.silence)} s. Stop?`);
    }
    this.#reveal("[data-captured]", state.captured && state.phase === "idle" && !state.panicking);
    this.#elements.cue.show(state.cue);
    this.#reveal("[data-microphone-problem]", state.microphone === "failed");
    this.#write("[data-problem-title]", state.microphoneProblem?.title ?? "");
    this.#write("[data-problem-text]", state.microphoneProblem?.text ?? "");
    this.#elements.notices.show(state.notices);
    const toast = find(document, "[data-toast]", HTMLElement);
    showSignedOut(toast, this.#root, state.refusal === "signed_out");
  }

  /** @param {State} state */
  #showControls(state) {
    for (const action of ACTIONS) {
      const can = allowed(state, action);
      for (const button of this.#root.querySelectorAll(`[data-action=${action}]`)) {
        if (!(button instanceof HTMLButtonElement)) continue;
        button.disabled = !can;
        if (OCCASIONAL.includes(action)) button.hidden = !can;
        else button.classList.toggle("button--primary", can);
      }
    }
    const reason = startBlockedBecause(state);
    const matters = state.phase === "idle" && reason !== null;
    this.#write("[data-start-reason]", matters ? reason : "");
    this.#reveal("[data-start-reason]", matters);
    this.#reveal("[data-stop-playback]", state.playing || state.phase === "delivering");
  }

  /** @param {State} state */
  #showSetup(state) {
    const { form } = this.#elements;
    const open = state.phase === "idle";
    if (form.differsFrom(state.setup)) form.write(state.setup);
    form.showFor(state.phase);
    this.#reveal("[data-microphone]", open);
    this.#reveal("[data-summary]", !open);
    this.#write("[data-title]", state.setup.speechTitle.trim() || "Untitled speech");
    this.#write("[data-summary-speaker]", state.setup.speakerName);
    this.#write(
      "[data-summary-project]",
      [state.setup.speechTitle, state.setup.projectType].filter(Boolean).join(", ") || "None given",
    );
    this.#write("[data-summary-objectives]", state.setup.objectives.join(" · ") || "None given");
    const { estimate } = state;
    const engines = state.served ?? state.engines;
    this.#write(
      "[data-estimate]",
      estimate === null
        ? ""
        : `It will take about ${clock(estimate.estimatedSeconds)} of ${clock(estimate.timeLimitSeconds)}.`,
    );
    if (engines) {
      this.#write(
        "[data-engines]",
        `${state.served ? "Engines of this evaluation" : "Engines at work"}: ${engines.live} (captions), ${engines.final} (transcript), ${engines.evaluation} (evaluation), ${engines.speech} (voice).`,
      );
    }
  }

  /** @param {State} state */
  #showMicrophone(state) {
    /** @type {Record<State["microphone"], string>} */
    const words = {
      unknown: "Not checked yet.",
      opening: "Opening. The browser may ask for your permission.",
      ready: "The microphone works.",
      failed: state.microphoneProblem?.title ?? "Not working.",
    };
    this.#write("[data-microphone-status]", words[state.microphone]);
  }

  /** @param {State} state */
  #showSpeech(state) {
    this.#elements.captions.show(state.segments, state.spliced);
    this.#reveal("[data-captions-empty]", state.segments.length === 0);
    const preparing = state.phase === "processing" || state.progress?.stage === "failed";
    this.#reveal("[data-progress]", preparing && state.evaluation === null);
    this.#elements.steps.show(state.progress);
    this.#elements.evaluation.show(state.evaluation, state.script);
    this.#elements.roles.show(state.roles);
    this.#reveal("[data-evaluation]", state.evaluation !== null || state.roles.length > 0 || state.saved.length > 0);
    this.#reveal("[data-playback]", state.evaluation !== null && !state.muted);
    this.#reveal("[data-playback-blocked]", state.playbackBlocked);
  }

  /** @param {State} state */
  #showSaved(state) {
    this.#reveal("[data-saved]", state.saved.length > 0);
    const paths = state.saved.join("\n");
    if (paths === this.#savedShown) return;
    this.#savedShown = paths;
    this.#find("[data-files]").replaceChildren(
      ...state.saved.map((path) => {
        const row = make("li");
        const address = ownAddress(path, location.href);
        const name = fileName(path);
        if (address) {
          const link = make("a", "", name);
          link.href = address;
          link.download = name;
          row.append(link);
        } else {
          row.append(name);
        }
        return row;
      }),
    );
  }

  /** @param {string} selector */
  #find(selector) {
    return find(this.#root, selector, HTMLElement);
  }

  /**
   * @param {string} selector
   * @param {string} text
   */
  #write(selector, text) {
    const element = this.#find(selector);
    if (element.textContent !== text) element.textContent = text;
  }

  /**
   * @param {string} selector
   * @param {boolean} visible
   */
  #reveal(selector, visible) {
    this.#find(selector).hidden = !visible;
  }
}
