/** Shows the state of the conversation on the coach's page. Reads nothing back but the form. */

import { find, make } from "../lib/dom.js";
import { ownAddress } from "../lib/links.js";
import { showSignedOut } from "../lib/signed_out.js";
import { clock } from "../lib/time.js";
import * as words from "./words.js";

/**
 * @typedef {import("./model.js").State} State
 *
 * @typedef {object} Elements
 * @property {import("../elements/coach-conversation.js").CoachConversation} conversation
 * @property {import("../elements/notice-list.js").NoticeList} notices
 */

export class CoachView {
  #root;
  #elements;
  #title = document.title;
  /** @type {import("./messages.d.ts").TakeFigures|null} */
  #figuresShown = null;
  #latenciesShown = "";

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
    const phase = words.phaseOf(state);
    this.#root.dataset["phase"] = phase;
    this.#showStage(state, phase);
    this.#showNotices(state);
    this.#showTake(state);
    this.#showPanel(state);
    this.#elements.conversation.show(state.turns);
    this.#reveal("[data-conversation-empty]", state.turns.length === 0);
  }

  /**
   * @param {State} state
   * @param {words.Phase} phase
   */
  #showStage(state, phase) {
    const { label, tone, detail } = words.headline(state);
    this.#find("[data-badge]").className = `badge badge--large${tone ? ` badge--${tone}` : ""}`;
    this.#write("[data-badge]", label);
    this.#write("[data-detail]", detail);
    const power = this.#find("[data-action=power]");
    power.setAttribute("aria-pressed", String(state.isOn));
    this.#write("[data-power-label]", state.isOn ? "Stop the coach" : "Start the coach");
    this.#reveal("[data-action=hush]", phase === "speaking");
    this.#write("[data-engine]", state.isOn ? words.engineWords(state.provider) : "");
    const title = phase === "off" ? this.#title : `${label} · ${this.#title}`;
    if (document.title !== title) document.title = title;
  }

  /** @param {State} state */
  #showNotices(state) {
    for (const banner of this.#root.querySelectorAll("[data-refusal]")) {
      const is = banner instanceof HTMLElement && banner.dataset["refusal"] === state.refusal;
      banner.toggleAttribute("hidden", !is);
    }
    this.#reveal("[data-microphone-problem]", state.microphone === "failed");
    this.#write("[data-problem-title]", state.microphoneProblem?.title ?? "");
    this.#write("[data-problem-text]", state.microphoneProblem?.text ?? "");
    this.#reveal("[data-muted]", state.isOn && state.isMuted && state.microphone === "ready");
    this.#reveal("[data-sound-blocked]", state.isOn && state.isSoundBlocked);
    this.#reveal("[data-paused]", state.retryAt !== null);
    this.#write("[data-countdown]", words.countdown(state));
    this.#reveal("[data-kept-here]", state.takeKeptHere > 0);
    this.#write("[data-kept-here-title]", `Your take of ${clock(state.takeKeptHere)} is kept in this page.`);
    this.#elements.notices.show(state.notices);
    const toast = find(document, "[data-toast]", HTMLElement);
    showSignedOut(toast, this.#root, state.isOn && state.refusal === "signed_out");
  }

  /** @param {State} state */
  #showTake(state) {
    const { take } = state;
    const isRecording = take?.state === "recording";
    this.#button("start-take", words.takeAllows(state, "start"), !isRecording);
    this.#button("stop-take", words.takeAllows(state, "stop"), isRecording);
    this.#button("discard-take", words.takeAllows(state, "discard"), take?.state === "ready");
    this.#find("[data-keep]").hidden = take?.state !== "ready";
    this.#button("keep-take", words.takeAllows(state, "keep"), true);
    this.#write("[data-take-words]", words.takeWords(state));
    this.#write("[data-take-clock]", clock(words.takeSeconds(state)));
    this.#reveal("[data-take-clock-row]", isRecording);
    this.#showFigures(take?.metrics ?? null);
    const transcript = take?.transcript ?? "";
    this.#write("[data-take-transcript]", transcript);
    this.#reveal("[data-take-transcript-row]", transcript !== "");
    const link = find(this.#root, "[data-take-link]", HTMLAnchorElement);
    const address = take?.speechUrl ? ownAddress(take.speechUrl, location.href) : null;
    link.hidden = address === null;
    if (address !== null && link.href !== address) link.href = address;
  }

  /** @param {import("./messages.d.ts").TakeFigures|null} metrics */
  #showFigures(metrics) {
    if (metrics === this.#figuresShown) return;
    this.#figuresShown = metrics;
    const list = this.#find("[data-take-figures]");
    list.hidden = metrics === null;
    const rows = (metrics ? words.takeFigures(metrics) : []).map(({ name, value, unit }) => {
      const figure = make("div", "take__figure");
      const said = make("dd");
      said.append(make("span", "take__value", value), unit ? ` ${unit}` : "");
      figure.append(make("dt", "", name), said);
      return figure;
    });
    list.replaceChildren(...rows);
    this.#write("[data-take-quality]", metrics?.qualityWarning ?? "");
    this.#reveal("[data-take-quality]", Boolean(metrics?.qualityWarning));
  }

  /** @param {State} state */
  #showPanel({ figures, provider }) {
    const rows = words.latencyRows(figures);
    const shown = JSON.stringify([rows, provider]);
    if (shown === this.#latenciesShown) return;
    this.#latenciesShown = shown;
    const lines = rows.flatMap(({ name, value }) => [make("dt", "", name), make("dd", "tabular", value)]);
    this.#find("[data-latencies]").replaceChildren(...lines);
    this.#write("[data-panel-engine]", provider ? `${provider.provider}, ${provider.model}, ${provider.voice}` : "–");
  }

  /**
   * @param {string} action
   * @param {boolean} can
   * @param {boolean} isShown
   */
  #button(action, can, isShown) {
    const button = find(this.#root, `[data-action=${action}]`, HTMLButtonElement);
    // The focus goes where the next step is, or a keyboard would be left with nothing.
    const hadFocus = button === document.activeElement;
    button.hidden = !isShown;
    button.disabled = !can;
    if (hadFocus && (button.hidden || button.disabled)) this.#find("[data-take-words]").focus();
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
