import { make } from "../lib/dom.js";

/**
 * `<pipeline-steps></pipeline-steps>`
 *
 * How far the evaluation is.
 *
 * @typedef {import("../live/contract.js").Stage} Stage
 */

/** @type {{stage: Stage, words: string}[]} */
const STEPS = [
  { stage: "processing_speech", words: "Transcript and measurements" },
  { stage: "generating_evaluation", words: "Evaluation, every quote checked" },
  { stage: "synthesizing_audio", words: "Voice" },
  { stage: "ready", words: "Ready to deliver" },
];

export class PipelineSteps extends HTMLElement {
  #list = make("ol", "steps");
  #message = make("p", "soft");
  #reached = 0;

  connectedCallback() {
    if (this.#list.isConnected) return;
    this.#list.setAttribute("role", "list");
    this.#list.append(...STEPS.map(({ words }) => make("li", "step", words)));
    this.append(this.#list, this.#message);
  }

  /** @param {{stage: Stage, message: string}|null} progress null before the first word of it */
  show(progress) {
    const failed = progress?.stage === "failed" || progress?.stage === "invalidated";
    const at = STEPS.findIndex(({ stage }) => stage === progress?.stage);
    if (!failed) this.#reached = Math.max(at, 0);
    const ready = progress?.stage === "ready";
    [...this.#list.children].forEach((step, index) => {
      const state =
        index < this.#reached || ready ? "done" : index > this.#reached ? "" : failed ? "failed" : "current";
      if (state) step.setAttribute("data-step", state);
      else step.removeAttribute("data-step");
      if (state === "current") step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    });
    this.#message.textContent = progress?.message ?? "";
    this.#message.hidden = !progress?.message;
  }
}

customElements.define("pipeline-steps", PipelineSteps);
