/**
 * The delivered evaluation through an audio element. The element is primed inside the operator's
 * click, because browsers let a page make sound only after one; the audio comes seconds later.
 */

import { audioType, silentWav } from "../lib/audio_file.js";

/**
 * @typedef {object} PlaybackEvents
 * @property {() => void} started
 * @property {() => void} paused by the operator, on the element's own controls
 * @property {() => void} ended played to the end, or could not be played
 * @property {() => void} blocked the browser wants one more click
 */

export class Playback {
  #element;
  #events;
  /** @type {string|null} */
  #url = null;
  #awaitingEnd = false;

  /**
   * @param {HTMLAudioElement} element
   * @param {PlaybackEvents} events
   */
  constructor(element, events) {
    this.#element = element;
    this.#events = events;
    element.onended = () => this.#end();
    element.onerror = () => this.#end();
    element.onplaying = () => {
      if (!this.#url) return;
      this.#awaitingEnd = true;
      this.#events.started();
    };
    element.onpause = () => {
      if (this.#url && !element.ended) this.#events.paused();
    };
  }

  /** Call inside a click. */
  prime() {
    this.#release();
    const url = URL.createObjectURL(new Blob([silentWav()], { type: "audio/wav" }));
    this.#element.src = url;
    this.#element
      .play()
      .catch(() => {})
      .finally(() => URL.revokeObjectURL(url));
  }

  /** @param {ArrayBuffer} file MP3 or WAV */
  async play(file) {
    this.#release();
    this.#url = URL.createObjectURL(new Blob([file], { type: audioType(file) }));
    this.#awaitingEnd = true;
    this.#element.src = this.#url;
    try {
      await this.#element.play();
    } catch (error) {
      const name = error instanceof Error ? error.name : "";
      if (name === "NotAllowedError") this.#events.blocked();
      // AbortError means that stop() or another file came first.
      else if (name !== "AbortError") this.#end();
    }
  }

  /** At once and without an event: whoever stops it knows. */
  stop() {
    this.#awaitingEnd = false;
    this.#release();
  }

  #end() {
    if (!this.#awaitingEnd) return;
    this.#awaitingEnd = false;
    this.#events.ended();
  }

  #release() {
    if (!this.#url) return;
    URL.revokeObjectURL(this.#url);
    this.#url = null;
    this.#element.pause();
    this.#element.removeAttribute("src");
    this.#element.load();
  }
}
