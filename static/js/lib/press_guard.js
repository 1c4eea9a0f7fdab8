/**
 * On a small screen the next command takes the place of the one just pressed. A double tap on the
 * first must not become a tap on the second.
 *
 * @typedef {{timeStamp: number, clientX: number, clientY: number, detail: number}} Press as in
 *   `PointerEvent`; its `detail` is 0 for a key
 */

const SETTLING_MS = 700;
/** Between the two taps of a double tap, CSS pixels. */
const SAME_PLACE = 40;

export class PressGuard {
  #last = "";
  #press = { timeStamp: -Infinity, clientX: 0, clientY: 0 };

  /**
   * @param {string} action
   * @param {Press} press
   * @returns {boolean} whether this press is meant
   */
  accepts(action, press) {
    const { timeStamp, clientX, clientY } = this.#press;
    const soon = press.timeStamp - timeStamp <= SETTLING_MS;
    const here = Math.hypot(press.clientX - clientX, press.clientY - clientY) <= SAME_PLACE;
    // A key stays with the button that has the focus.
    const meant = press.detail === 0 || action === this.#last || !soon || !here;
    if (meant) {
      this.#last = action;
      const { timeStamp, clientX, clientY } = press;
      this.#press = { timeStamp, clientX, clientY };
    }
    return meant;
  }
}
