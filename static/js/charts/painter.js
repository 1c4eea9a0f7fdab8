/**
 * Paints when something changed: in an animation frame, at most once in 80 ms, never while the page
 * is hidden. What changed meanwhile is painted when it is seen again.
 */

export const INTERVAL_MS = 80;

/**
 * @typedef {object} Surroundings what a test replaces
 * @property {Pick<Document, "hidden"|"addEventListener"|"removeEventListener">} [document]
 * @property {(callback: (now: number) => void) => number} [requestAnimationFrame]
 * @property {(handle: number) => void} [cancelAnimationFrame]
 */

export class Painter {
  #paint;
  #surroundings;
  #wanted = false;
  /** @type {number|null} */
  #frame = null;
  #paintedAt = -Infinity;
  #onVisible = () => this.#schedule();

  /**
   * @param {() => void} paint
   * @param {Surroundings} [surroundings]
   */
  constructor(paint, surroundings = {}) {
    this.#paint = paint;
    this.#surroundings = {
      document: globalThis.document,
      /** @type {(callback: (now: number) => void) => number} */
      requestAnimationFrame: (callback) => globalThis.requestAnimationFrame(callback),
      /** @type {(handle: number) => void} */
      cancelAnimationFrame: (handle) => globalThis.cancelAnimationFrame(handle),
      ...surroundings,
    };
    this.#surroundings.document.addEventListener("visibilitychange", this.#onVisible);
  }

  /** Something changed. */
  request() {
    this.#wanted = true;
    this.#schedule();
  }

  close() {
    this.#wanted = false;
    if (this.#frame !== null) this.#surroundings.cancelAnimationFrame(this.#frame);
    this.#frame = null;
    this.#surroundings.document.removeEventListener("visibilitychange", this.#onVisible);
  }

  #schedule() {
    if (!this.#wanted || this.#frame !== null || this.#surroundings.document.hidden) return;
    this.#frame = this.#surroundings.requestAnimationFrame((now) => this.#onFrame(now));
  }

  /** @param {number} now milliseconds */
  #onFrame(now) {
    this.#frame = null;
    if (now - this.#paintedAt >= INTERVAL_MS && !this.#surroundings.document.hidden) {
      this.#wanted = false;
      this.#paintedAt = now;
      this.#paint();
    }
    this.#schedule();
  }
}
