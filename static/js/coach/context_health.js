/**
 * Whether an AudioContext still is what it says it is. A phone that is locked or called leaves it
 * "interrupted" (WebKit), or "running" with a clock that stands still; resuming it then may wedge it
 * for good. So: only one that is suspended is resumed, and only inside a gesture; one that stands
 * still for a second is built anew. Pure.
 *
 * @typedef {"fine"|"wait"|"ask"|"rebuild"} Advice `ask`: for a gesture of the person
 */

const FROZEN_MS = 1000;

export class ContextHealth {
  #time = -1;
  #since = 0;
  #resumedAt = -Infinity;

  /** A gesture has resumed it: it must run within a second. @param {number} now milliseconds */
  resumed(now) {
    this.#resumedAt = now;
  }

  /**
   * @param {string} state as the context says
   * @param {number} currentTime seconds
   * @param {number} now milliseconds, of a clock that goes on
   * @returns {Advice}
   */
  check(state, currentTime, now) {
    const moves = currentTime !== this.#time;
    if (moves || state !== "running") this.#since = now;
    this.#time = currentTime;
    switch (state) {
      case "running":
        this.#resumedAt = -Infinity;
        return now - this.#since >= FROZEN_MS ? "rebuild" : "fine";
      case "suspended":
        return now - this.#resumedAt >= FROZEN_MS && this.#resumedAt > -Infinity ? "rebuild" : "ask";
      case "interrupted":
        return "wait";
      default:
        return "rebuild";
    }
  }

  /** Whether a gesture may resume it; else it may only be built anew. @param {string} state */
  static mayResume(state) {
    return state === "suspended";
  }
}
