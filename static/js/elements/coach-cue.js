import { make } from "../lib/dom.js";

/** Long enough to be read at a glance from a lectern; not so long that it nags. */
const SHOWN_MS = 8000;

/**
 * `<coach-cue></coach-cue>`
 *
 * One quiet line to the speaker, which goes by itself. A newer one takes its place.
 *
 * @typedef {import("../live/contract.js").CoachingCue} CoachingCue
 */
export class CoachCue extends HTMLElement {
  /** @type {CoachingCue|null} */
  #shown = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  connectedCallback() {
    this.setAttribute("role", "status");
  }

  /** @param {CoachingCue|null} cue */
  show(cue) {
    if (cue === this.#shown) return;
    this.#shown = cue;
    clearTimeout(this.#timer);
    if (!cue) {
      this.replaceChildren();
      return;
    }
    this.replaceChildren(make("p", "toast", cue.message));
    this.#timer = setTimeout(() => this.replaceChildren(), SHOWN_MS);
  }
}

customElements.define("coach-cue", CoachCue);
