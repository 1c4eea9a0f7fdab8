import { make } from "../lib/dom.js";

/**
 * `<level-meter aria-label="Microphone level"></level-meter>`
 *
 * How loud it is, and by its colour whether that is taken for speech.
 */
export class LevelMeter extends HTMLElement {
  #fill = make("div", "meter__fill");

  connectedCallback() {
    this.classList.add("meter");
    this.setAttribute("role", "meter");
    this.setAttribute("aria-valuemin", "0");
    this.setAttribute("aria-valuemax", "100");
    this.append(this.#fill);
    this.show(0, false);
  }

  /**
   * @param {number} level 0 to 1
   * @param {boolean} isSpeech
   */
  show(level, isSpeech) {
    this.#fill.style.setProperty("--level", level.toFixed(3));
    this.#fill.classList.toggle("meter__fill--speech", isSpeech);
    // In tens: nobody is helped by a value that changes twenty times a second.
    this.setAttribute("aria-valuenow", String(Math.round(level * 10) * 10));
    this.setAttribute("aria-valuetext", isSpeech ? "speech" : level > 0.05 ? "sound" : "silence");
  }
}

customElements.define("level-meter", LevelMeter);
