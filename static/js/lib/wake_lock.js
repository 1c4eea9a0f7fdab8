/** Keeps the screen on while someone speaks; a browser that cannot is left alone. */
export class ScreenWakeLock {
  #wanted = false;
  /** @type {WakeLockSentinel|null} */
  #sentinel = null;
  #asking = false;

  constructor() {
    // The browser lets go of it when the page is hidden.
    document.addEventListener("visibilitychange", () => void this.#settle());
  }

  /** @param {boolean} wanted */
  keep(wanted) {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    void this.#settle();
  }

  async #settle() {
    if (this.#asking || !navigator.wakeLock) return;
    this.#asking = true;
    try {
      const held = this.#sentinel !== null && !this.#sentinel.released;
      if (this.#wanted && !held && !document.hidden) {
        this.#sentinel = await navigator.wakeLock.request("screen");
      }
      if (!this.#wanted) {
        await this.#sentinel?.release();
        this.#sentinel = null;
      }
    } catch {
      // Refused on low battery, for instance: the speech goes on without it.
    } finally {
      this.#asking = false;
    }
    if (!this.#wanted && this.#sentinel) void this.#settle();
  }
}
